import Chat
import MessageBus

/// The sender names of tailed files, all different.
///
/// A name is as long as names on the bus may be. A longer one is cut at the front: paths differ at
/// their ends. Confined to the bridge's thread.
struct SenderNames {
    private let template: String
    private var names: [FilePath: Name] = [:]
    private var owners: [String: FilePath] = [:]

    init(_ template: String) { self.template = template }

    /// Returns the sender of a path's lines: the same one each time, even after a rotation.
    mutating func origin(_ path: FilePath) -> LineBlock.Origin {
        let name = names[path] ?? freeName(for: path)
        names[path] = name
        owners[name.key] = path
        return LineBlock.Origin(name: name.text, channel: path.description)
    }

    /// Releases the name of a path that is no longer tailed.
    mutating func forget(_ path: FilePath) {
        guard let name = names.removeValue(forKey: path) else { return }
        owners[name.key] = nil
    }

    private func freeName(for path: FilePath) -> Name {
        let whole = filledIn(FilePath.text(path.name), path)
        var name = Self.cut(whole)
        if isFree(name) { return name }
        // More and more of the directories are put in front: that is where files with one name
        // differ.
        let parts = path.bytes.split(separator: UInt8(ascii: "/")).map { FilePath.text($0) }
        if template.contains("{file}"), parts.count > 1 {
            for count in 2...parts.count {
                name = Self.cut(filledIn(parts.suffix(count).joined(separator: "/"), path))
                if isFree(name) { return name }
            }
        }
        var number = 2
        while true {
            let mark = "~\(number)"
            name = Self.cut(whole, mark: mark)
            if isFree(name) { return name }
            number += 1
        }
    }

    private func isFree(_ name: Name) -> Bool { owners[name.key] == nil }

    private func filledIn(_ file: String, _ path: FilePath) -> String {
        template.replacing("{file}", with: file)
            // Replaced last, so that no placeholder in a path is replaced.
            .replacing("{path}", with: path.description)
    }

    /// Returns the end of a name, cut to the length that the bus allows, in the bus's form.
    private static func cut(_ name: String, mark: String = "") -> Name {
        // Names may not begin with a slash, unless there is a sign in front of it.
        var text = Substring(name.hasPrefix("/") ? "…\(name)" : name)
        let characters = Name.maxCharacters - mark.count
        let bytes = Name.maxBytes - mark.utf8.count
        if text.count > characters || text.utf8.count > bytes {
            text = text.suffix(characters - 1)
            while text.utf8.count > bytes - 3 { text.removeFirst() }
            text = "…" + fromPart(text)
        }
        return Name(cleaning: text + mark, phrases: Phrases(.en))
    }

    /// Returns the text from its first slash on, if that is near the beginning.
    private static func fromPart(_ text: Substring) -> Substring {
        guard let slash = text.prefix(8).firstIndex(of: "/") else { return text }
        return text[slash...]
    }
}
