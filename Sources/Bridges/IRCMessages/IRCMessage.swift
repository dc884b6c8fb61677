/// One line of IRC: tags, source, command and parameters (RFC 1459 section 2.3.1, IRCv3 message
/// tags).
package struct IRCMessage: Sendable, Equatable {
    /// Bytes of a line without its tags, with the CR LF at its end, that every server takes.
    package static let maxLine = 512
    /// Bytes of the tags that a client may send, with `@` and the space behind them.
    package static let maxClientTags = 4_096
    /// Bytes of the tags that a server may send, with `@` and the space behind them.
    package static let maxServerTags = 8_191
    /// The most parameters of a line; further words are part of the last one.
    package static let maxParameters = 15

    /// The tags, in the order of the line.
    package var tags: IRCTags
    /// The origin of the line; `nil` if it names none.
    package var source: IRCSource?
    /// The command in upper case, or a numeric of three digits.
    package var command: String
    /// The parameters; only the last one may be empty, hold spaces or begin with a colon.
    package var parameters: [String]

    /// Makes a line.
    package init(
        _ command: String, _ parameters: [String] = [], from source: IRCSource? = nil,
        tags: IRCTags = IRCTags()
    ) {
        self.command = command
        self.parameters = parameters
        self.source = source
        self.tags = tags
    }

    /// Reads a line without its end; `nil` if it has no command.
    ///
    /// Bytes that are not UTF-8 become U+FFFD.
    package init?(_ line: some Sequence<UInt8>) {
        var rest = Array(line)[...]
        var tags = IRCTags()
        var source: IRCSource?
        if rest.first == UInt8(ascii: "@") {
            tags = IRCTags(Self.nextWord(&rest).dropFirst())
        }
        Self.skipSpaces(&rest)
        if rest.first == UInt8(ascii: ":") {
            source = IRCSource(String(decoding: Self.nextWord(&rest).dropFirst(), as: UTF8.self))
            Self.skipSpaces(&rest)
        }
        let command = Self.nextWord(&rest)
        guard !command.isEmpty else { return nil }
        self.init(
            String(decoding: command, as: UTF8.self).uppercased(), Self.parameters(rest),
            from: source, tags: tags)
    }

    private static func parameters(_ bytes: ArraySlice<UInt8>) -> [String] {
        var rest = bytes
        var parameters: [String] = []
        skipSpaces(&rest)
        while !rest.isEmpty {
            let isLast = parameters.count == maxParameters - 1
            if isLast || rest.first == UInt8(ascii: ":") {
                let text = rest.first == UInt8(ascii: ":") ? rest.dropFirst() : rest
                parameters.append(String(decoding: text, as: UTF8.self))
                break
            }
            parameters.append(String(decoding: nextWord(&rest), as: UTF8.self))
            skipSpaces(&rest)
        }
        return parameters
    }

    private static func nextWord(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let word = rest.prefix { $0 != UInt8(ascii: " ") }
        rest = rest[word.endIndex...]
        return word
    }

    private static func skipSpaces(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == UInt8(ascii: " ") }
    }

    /// The line with CR LF at its end.
    ///
    /// CR, LF and NUL within a parameter are left out, so that nothing can begin a line of its own.
    package var bytes: [UInt8] {
        var bytes = Array(tags.bytes)
        if let source { bytes += ":\(source) ".utf8 }
        bytes += command.utf8
        for (index, parameter) in parameters.enumerated() {
            bytes.append(UInt8(ascii: " "))
            let isLast = index == parameters.count - 1
            if isLast, Self.needsColon(parameter) { bytes.append(UInt8(ascii: ":")) }
            bytes += parameter.utf8.filter { $0 != 0 && $0 != 13 && $0 != 10 }
        }
        return bytes + [13, 10]
    }

    private static func needsColon(_ parameter: String) -> Bool {
        parameter.isEmpty || parameter.utf8.first == UInt8(ascii: ":")
            || parameter.utf8.contains(UInt8(ascii: " "))
    }
}
