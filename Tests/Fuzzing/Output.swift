/// The laws for what goes out to people.
enum Output {
    /// Checks bytes that a chat client is sent: so many lines, each with its ending, and nothing in
    /// them that takes over a terminal or looks like a line of its own (law 5).
    static func check(_ bytes: [UInt8], lines: Int) throws(BrokenLaw) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BrokenLaw(description: "what is sent is UTF-8")
        }
        try require(bytes.last == 0x0A || lines == 0, "the last line has an ending")
        try require(bytes.count { $0 == 0x0A } == lines, "there are \(lines) lines: \(text.debug)")
        try check(line: String(text.unicodeScalars.filter { $0 != "\n" }))
    }

    /// Checks a text that is shown as one line.
    static func check(line: String) throws(BrokenLaw) {
        let hazard = line.unicodeScalars.first { scalar in
            switch scalar.value {
            case 0x09: false
            case 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
            default: scalar.properties.generalCategory == .control
            }
        }
        try require(hazard == nil, "nothing in a line is a hazard: \(line.debug)")
    }
}

extension String {
    /// The text as a literal.
    var debug: String { debugDescription }
}
