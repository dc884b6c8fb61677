import Chat
import Glibc
import MessageBus

/// The drafts made of lines of standard input.
///
/// Owned by the task that reads.
struct StdioLines {
    private let form: Stdio.Form
    private let sender: String
    private var drafts: [Draft] = []
    private var lastName: (bytes: [UInt8], name: String)?

    init(_ form: Stdio.Form, sender: String) {
        self.form = form
        self.sender = sender
    }

    /// Removes and returns the drafts made since the last call.
    mutating func removeDrafts() -> [Draft] {
        defer { drafts = [] }
        return drafts
    }

    /// Makes a draft of a line, unless it is blank; returns false, and makes none, if the line is a
    /// command that carries a password.
    ///
    /// There are no commands here: it was meant for a chat program, and must not be said.
    mutating func append(_ line: UnsafeRawBufferPointer) -> Bool {
        if unsafe Self.carriesPassword(line) { return false }
        if form == .chat, let colon = unsafe Self.separator(in: line),
            let name = unsafe name(line[..<colon])
        {
            unsafe append(
                text: UnsafeRawBufferPointer(rebasing: line[(colon + 1)...].dropFirst()), name)
        } else {
            unsafe append(text: line, sender)
        }
        return true
    }

    private static func carriesPassword(_ line: UnsafeRawBufferPointer) -> Bool {
        PasswordLine.isMeant(by: line) || PasswordLine.isHidden(in: line, behindName: true)
    }

    private mutating func append(text: UnsafeRawBufferPointer, _ name: String) {
        if TextScan.isPrintableASCII(text) {
            if TextTrimming.isBlank(text) { return }
            unsafe drafts.append(Draft(String(decoding: text, as: UTF8.self), from: name))
            return
        }
        // The text as the bus will clean it: a line of control characters alone is blank too.
        let cleaned = TextCleaning.cleaned(repairing: text, lineEndings: .removed)
        if unsafe cleaned.withUnsafeBytes({ TextTrimming.isBlank($0) }) { return }
        // A CR in a message's text would end a line, and this is one line.
        let bytes = unsafe text.contains(0x0D) ? cleaned : Array(text)
        drafts.append(Draft(String(decoding: bytes, as: UTF8.self), from: name))
    }

    /// Returns the index of the first colon that a space follows or that ends the line.
    private static func separator(in line: UnsafeRawBufferPointer) -> Int? {
        // No name is longer, so the search stops there.
        unsafe line.prefix(Name.maxUncomposedBytes).indices.first { index in
            unsafe line[index] == 0x3A && (index + 1 == line.count || line[index + 1] == 0x20)
        }
    }

    /// Returns the name in front of a colon, or `nil` if that is not a name.
    private mutating func name(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        if let lastName, unsafe lastName.bytes.elementsEqual(bytes) { return lastName.name }
        guard let name = try? unsafe Name(UnsafeRawBufferPointer(rebasing: bytes), isChosen: false)
        else {
            return nil
        }
        lastName = unsafe (Array(bytes), name.text)
        return name.text
    }
}
