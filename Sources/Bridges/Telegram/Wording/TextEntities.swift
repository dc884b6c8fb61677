import Chat
import JSON

/// The entities of a text: links behind words are shown, spoilers hidden.
///
/// Telegram's offsets count UTF-16 units; entities outside the text are left out.
struct TextEntities {
    /// The text that stands for a spoiler.
    static let hidden = "▒▒▒"

    private let units: [UInt16]
    private var spoilers: [Range<Int>] = []
    private var links: [(end: Int, url: String)] = []

    /// Returns the text with its links, and without its spoilers unless they are to be shown.
    static func rendered(_ text: String, _ entities: JSON, showsSpoilers: Bool) -> String {
        let found = entities.elements.filter {
            $0["type"].string == "text_link" || !showsSpoilers && $0["type"].string == "spoiler"
        }
        return found.isEmpty ? text : TextEntities(text, found).rendered
    }

    private init(_ text: String, _ entities: [JSON]) {
        units = Array(text.utf16)
        for entity in entities where entity["type"].string == "spoiler" {
            if let range = range(of: entity) { spoilers.append(range) }
        }
        spoilers = Self.merged(spoilers)
        for entity in entities {
            guard let url = entity["url"].nonEmptyString, let range = range(of: entity),
                // A link inside a spoiler is not shown.
                !spoilers.contains(where: { $0.overlaps(range) })
            else { continue }
            let label = String(decoding: units[range], as: UTF16.self)
            if !Self.shows(label, url) { links.append((end(of: range), url)) }
        }
        links.sort { $0.end < $1.end }
    }

    private func range(of entity: JSON) -> Range<Int>? {
        guard let offset = entity["offset"].integer, let length = entity["length"].integer,
            offset >= 0, length > 0, offset < units.count
        else { return nil }
        return Int(offset)..<min(Int(offset + length), units.count)
    }

    /// Returns the position for a link's address: behind its last word.
    private func end(of range: Range<Int>) -> Int {
        let isBlank: (UInt16) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return units[range].lastIndex { !isBlank($0) }.map { $0 + 1 } ?? range.upperBound
    }

    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound >= range.lowerBound {
                let end = max(last.upperBound, range.upperBound)
                result[result.count - 1] = last.lowerBound..<end
            } else {
                result.append(range)
            }
        }
        return result
    }

    /// Returns true if a text shows an address itself.
    static func shows(_ label: String, _ url: String) -> Bool { bare(label) == bare(url) }

    private static func bare(_ url: String) -> String {
        var url = url.lowercased()
        for prefix in ["https://", "http://", "mailto:", "tel:", "www."] where url.hasPrefix(prefix)
        {
            url.removeFirst(prefix.count)
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private var rendered: String {
        var result: [UInt16] = []
        var position = 0
        var (spoilers, links) = (spoilers[...], links[...])
        while position < units.count {
            while let link = links.first, link.end <= position {
                result += " (\(link.url))".utf16
                links.removeFirst()
            }
            if let spoiler = spoilers.first, spoiler.lowerBound == position {
                result += Self.hidden.utf16
                position = spoiler.upperBound
                spoilers.removeFirst()
            } else {
                result.append(units[position])
                position += 1
            }
        }
        for link in links { result += " (\(link.url))".utf16 }
        return String(decoding: result, as: UTF16.self)
    }
}
