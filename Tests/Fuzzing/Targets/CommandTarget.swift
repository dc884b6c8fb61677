import Chat
import MessageBus

extension FuzzTarget {
    /// A command without its slash: `msg "Ana María" hola`.
    static let commands = FuzzTarget("commands") { input in
        let line = ([0x2F] + input).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        try line.withUnsafeBytes { line in
            let grammar = LineGrammar(Phrases(.es))
            guard case .command(let verb, let arguments) = grammar.content(in: line, from: 0)
            else {
                return
            }
            try CommandLaws.check(verb: String(decoding: line[verb], as: UTF8.self))
            try CommandLaws(UnsafeRawBufferPointer(rebasing: line[arguments])).check()
        }
    }
}

/// The laws for verbs and arguments.
private struct CommandLaws {
    private let arguments: UnsafeRawBufferPointer
    /// A moment in 2025.
    private static let now = Timestamp(milliseconds: 1_735_689_600_000)

    init(_ arguments: UnsafeRawBufferPointer) { self.arguments = arguments }

    /// Checks what is answered to a verb that may be unknown.
    static func check(verb: String) throws {
        let command = ChatCommand(verb: verb)
        let meant = ChatCommand.nearestVerb(to: verb)
        try require(
            meant.map { ChatCommand(verb: $0) != nil } ?? true, "a verb that is meant exists")
        try require(
            command == nil || command == ChatCommand(verb: verb.uppercased()),
            "verbs are understood in any case")
        for language in Language.allCases {
            let phrases = Phrases(language)
            try Output.check(
                phrases.lines(.unknownCommand, phrases.unknownCommand(verb)), lines: 1)
        }
    }

    func check() throws {
        try checkName()
        try checkBlock()
        try checkTerm(of: arguments)
        try checkPassword()
        let text = String(decoding: arguments, as: UTF8.self)
        if let words = SearchWords(text) {
            try require(!words.phrases.isEmpty, "a search looks for something")
            _ = WordMatcher(words).matches(Body(text))
        }
        let reason = ModerationArguments.reason(arguments)
        try require(reason.count <= 200 && text.hasPrefix(reason), "a reason is cut, not altered")
        _ = PasswordLine.isMeant(by: arguments)
    }

    private func checkName() throws {
        guard let argument = NameArgument(arguments) else { return }
        for part in [argument.word, argument.rest, argument.restBehindParentheses] {
            try requireInside(part)
        }
        try require(!argument.word.isEmpty, "a name is not empty")
        try require(
            argument.restBehindParentheses.count <= argument.rest.count,
            "what stands behind parentheses is a part of the rest")
        _ = (argument.beginning, argument.isRemark)
        if let parentheses = argument.parentheses {
            try requireInside(parentheses)
            _ = argument.key(with: parentheses)
        }
        guard let name = try? Name(argument.word) else { return }
        try require(argument.key == name.key, "a name in a command is compared as names are")
    }

    private func checkBlock() throws {
        guard case .block(let block, let rest) = ModerationArguments.block(arguments) else {
            return
        }
        try requireInside(rest)
        try require(AddressBlock(block.description) == block, "\(block) is read as it is written")
        let first = block.description.prefix { $0 != "/" }
        try require(
            ClientAddress(first).map(block.contains) == true, "\(block) holds its first address")
        try checkTerm(of: rest)
    }

    private func checkTerm(of text: UnsafeRawBufferPointer) throws {
        guard let term = ModerationArguments.term(text, from: Self.now) else { return }
        try requireInside(term.rest)
        guard let end = term.end else { return }
        try require(end.milliseconds > Self.now.milliseconds, "a term ends later")
        let time = Duration.milliseconds(end.milliseconds - Self.now.milliseconds)
        try require(Duration(option: time.plain) == time, "\(time) is read as it is written")
    }

    private func checkPassword() throws {
        guard let password = Password(typed: arguments) else { return }
        try require("\(password)" == "•••", "a password is not printed")
        let isSame = password.withBytes { bytes in
            Password(typed: bytes)?.withBytes { $0.elementsEqual(bytes) }
        }
        try require(isSame == true, "a password stays as it is")
    }

    private func requireInside(_ part: UnsafeRawBufferPointer) throws {
        guard let start = part.baseAddress, let first = arguments.baseAddress else { return }
        try require(
            start >= first && start + part.count <= first + arguments.count,
            "a part of the arguments lies in them")
    }
}
