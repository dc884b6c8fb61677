import Chat
import Glibc
import MessageBus

/// Makes drafts of lines that come from standard input.
struct StdioLines {
    private let form: Stdio.Form
    private let sender: String
    private var drafts: [Draft] = []
    private var lastName: (bytes: [UInt8], name: String)?

    init(_ form: Stdio.Form, sender: String) {
        self.form = form
        self.sender = sender
    }

    /// Hands out what was added since the last call.
    mutating func take() -> [Draft] {
        defer { drafts = [] }
        return drafts
    }

    /// Adds what a line says, unless that is nothing.
    mutating func add(_ line: UnsafeRawBufferPointer) {
        if form == .chat, let colon = Self.separator(in: line), let name = name(line[..<colon]) {
            add(text: UnsafeRawBufferPointer(rebasing: line[(colon + 1)...].dropFirst()), name)
        } else {
            add(text: line, sender)
        }
    }

    private mutating func add(text: UnsafeRawBufferPointer, _ name: String) {
        if TextScan.isPrintableASCII(text) {
            if TextTrimming.isBlank(text) { return }
            drafts.append(Draft(String(decoding: text, as: UTF8.self), from: name))
            return
        }
        // What the bus will make of it: a line of nothing but controls is empty too.
        let cleaned = TextCleaning.cleaned(repairing: text, lineEndings: .removed)
        if cleaned.withUnsafeBytes({ TextTrimming.isBlank($0) }) { return }
        // A CR in a message's text would end a line, and this is one line.
        let bytes = text.contains(0x0D) ? cleaned : Array(text)
        drafts.append(Draft(String(decoding: bytes, as: UTF8.self), from: name))
    }

    /// The first colon that a space follows or that ends the line.
    private static func separator(in line: UnsafeRawBufferPointer) -> Int? {
        // No name is longer, so neither is the search.
        line.prefix(Name.maxUncomposedBytes).indices.first { index in
            line[index] == 0x3A && (index + 1 == line.count || line[index + 1] == 0x20)
        }
    }

    /// What stands in front of a colon, if that can be a name.
    private mutating func name(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        if let lastName, lastName.bytes.elementsEqual(bytes) { return lastName.name }
        guard let name = try? Name(UnsafeRawBufferPointer(rebasing: bytes), isChosen: false) else {
            return nil
        }
        lastName = (Array(bytes), name.text)
        return name.text
    }
}
