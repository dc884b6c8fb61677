import Chat
import MessageBus

@testable import TCPBridge

/// The laws for the meaning of one line of a chat client.
struct LineMeaning {
    private static let languages = [Language.es, .en].map {
        (Phrases($0), LineGrammar(Phrases($0)))
    }
    private static let names = ["ana", "José Ñandú"].compactMap { try? Name($0) }

    /// Checks a line as it came, in each language, from somebody with a name and without one.
    static func check(_ raw: [UInt8]) throws {
        raw.withUnsafeBytes {
            for isFirst in [true, false] { _ = OtherProtocol(line: $0, isFirst: isFirst) }
            _ = OtherProtocol(tooLong: $0)
            _ = OtherProtocol.mayBecomeRequest($0)
        }
        let line = raw.withUnsafeBytes { raw -> [UInt8]? in
            let raw = TextEncoding.withoutByteOrderMark(raw)
            guard TextEncoding(raw) == .valid else { return nil }
            return TextCleaning.cleaned(repairing: raw, lineEndings: .removed)
        }
        guard let line else { return }
        try Output.check(line: String(decoding: line, as: UTF8.self))
        for (phrases, grammar) in languages {
            let reader = LineMeaning(phrases: phrases, grammar: grammar, raw: raw)
            try reader.check(line, from: nil, isGuest: false)
            for name in names {
                try reader.check(line, from: name, isGuest: false)
                try reader.check(line, from: name, isGuest: true)
                try reader.checkRelayed(line, of: name)
            }
        }
    }

    private let phrases: Phrases
    private let grammar: LineGrammar
    private let raw: [UInt8]

    private func check(_ line: [UInt8], from name: Name?, isGuest: Bool) throws {
        let meaning = line.withUnsafeBytes { grammar.meaning(of: $0, from: name, isGuest: isGuest) }
        switch meaning {
        case .content(let content): try check(content, in: line, by: name)
        case .enter(let other, let content):
            try checkName(other)
            try check(content, in: line, by: other)
        case .leave: try require(name != nil, "nobody leaves who has not entered")
        case .nameless: try require(name == nil, "who has a name is never nameless")
        case .refused(let problem):
            try require(name == nil || isGuest, "who has a name may say anything")
            try checkAnswer(phrases.lines(.badName, phrases.badName(problem)))
        }
    }

    private func check(_ content: ClientLine.Content, in line: [UInt8], by name: Name?) throws {
        switch content {
        case .nothing: break
        case .line(let range):
            try require(range.count < line.count, "a notice takes something off the line")
            try check(Array(line[range]), from: name, isGuest: false)
        case .say(let range): try checkSaid(Array(line[range]), by: name)
        case .command(let verb, let arguments):
            try require(
                verb.lowerBound > 0 && line[verb.lowerBound - 1] == 0x2F
                    && verb.upperBound <= arguments.lowerBound
                    && arguments.upperBound <= line.count, "a command stands behind its slash")
            // A name may have slashes, too.
            let slashes = line[..<verb.lowerBound].count { $0 == 0x2F }
            let verb = String(decoding: line[verb], as: UTF8.self)
            if ChatCommand(verb: verb)?.carriesPassword == true {
                try checkPassword(behind: slashes)
            }
        }
    }

    /// Checks a relay's line.
    private func checkRelayed(_ line: [UInt8], of own: Name) throws {
        let meaning = line.withUnsafeBytes { RelayedLine($0, of: own, grammar, phrases) }
        switch meaning {
        case .say(let name, let range):
            try checkName(name)
            try require(!range.isEmpty && range.upperBound <= line.count, "a relay says something")
        case .line(let range):
            try require(range.count < line.count, "a notice takes something off the line")
            try checkRelayed(Array(line[range]), of: own)
        case .nothing, .command, .leave, .nameless, .refused: break
        }
    }

    // MARK: - Laws

    /// Checks a text as everybody reads it: one line, which is its sender's and nobody else's (law
    /// 5).
    private func checkSaid(_ text: [UInt8], by name: Name?) throws {
        try require(
            !text.withUnsafeBytes { TextTrimming.isBlank($0) }, "what is said is not blank")
        guard let name else { return }
        let sender = Sender(name: name.text, key: name.key, bridge: "tcp", identity: 1)
        let message = Message(
            header: MessageHeader(), sender: sender,
            body: Body(String(decoding: text, as: UTF8.self)),
            room: "general", details: nil, uptime: 0)
        var sent: [UInt8] = []
        ChatEncoder(phrases).append(message, to: &sent)
        try Output.check(sent, lines: 1)
        try require(sent.starts(with: name.prefix), "a line begins with its sender's name")
        let read = sent.dropLast().withUnsafeBytes { grammar.meaning(of: $0, from: nil) }
        guard case .enter(let reader, _) = read, reader == name else {
            throw BrokenLaw(description: "a line that \(name.text) has said is \(read)")
        }
    }

    /// Checks that a name is one, that it stays the same, and that commands find it.
    private func checkName(_ name: Name) throws {
        let again = try? Name(name.text)
        try require(again == name && again?.key == name.key, "a name stays as it is")
        try Output.check(line: name.text)
        try require(!name.text.contains(":"), "no name holds a colon")
        let arguments = Array("\"\(name.text)\" hola".utf8)
        try arguments.withUnsafeBytes {
            let argument = NameArgument($0)
            try require(
                argument?.key == name.key && argument?.isAmbiguous == false
                    && argument.map { String(decoding: $0.rest, as: UTF8.self) } == "hola",
                "a command finds \(name.text) in quotes")
        }
    }

    /// Checks that no silence ends the line before its password is whole.
    ///
    /// - Parameter count: slashes up to that of the command.
    private func checkPassword(behind count: Int) throws {
        let slashes = raw.indices.filter { raw[$0] == 0x2F }
        guard slashes.indices.contains(count - 1) else { return }
        let slash = slashes[count - 1]
        guard slash < 256 else { return }
        for count in (slash + 1)..<max(raw.count, slash + 1) {
            try raw[..<count].withUnsafeBytes {
                // Half a character waits for its rest in any case.
                if case .cutOff = TextEncoding($0) { return }
                try require(
                    PasswordLine.mayBegin($0),
                    "\(count) bytes may be the beginning of a line with a password")
            }
        }
    }

    private func checkAnswer(_ bytes: [UInt8]) throws { try Output.check(bytes, lines: 1) }
}
