import Glibc
import MessageBus

// Checks of a program's answers, and of its endurance.
extension Conformance {
    /// The number of messages in the larger checks.
    private static let many = 1_000
    /// The number of messages in the flood, about 200 bytes each: more than any pipe holds.
    private static let flooding = 20_000

    /// An answer comes although nothing else is said.
    var prompt: ConformanceCheck {
        ConformanceCheck("prompt") { kit in
            try await kit.with(StandInStore()) { program in
                for _ in 0..<3 {
                    try await program.give(program.store.give(1))
                    try await kit.expectAnswers(
                        of: program, within: kit.deadlines.answer,
                        "that came alone", hint: "; is its output flushed after each line?")
                }
            }
        }
    }

    /// A thousand messages come back, each once and in order.
    var echo: ConformanceCheck {
        ConformanceCheck("echo") { kit in
            try await kit.with(StandInStore()) { program in
                try await program.give(program.store.give(Self.many))
                try await kit.expectAnswers(of: program, within: kit.deadlines.answers)
                try await kit.expectSilence(of: program)
            }
        }
    }

    /// A message that comes in pieces is one message.
    var pieces: ConformanceCheck {
        ConformanceCheck("split") { kit in
            try await kit.with(StandInStore()) { program in
                for size in [1, 7, 64] {
                    try await program.give(program.store.give(1)[0], inPiecesOf: size)
                }
                try await kit.expectAnswers(
                    of: program, within: kit.deadlines.answer, "that came in pieces")
            }
        }
    }

    /// Several messages that come in one piece are separate messages.
    var joined: ConformanceCheck {
        ConformanceCheck("joined") { kit in
            try await kit.with(StandInStore()) { program in
                try await program.give(program.store.give(50), joined: true)
                try await kit.expectAnswers(
                    of: program, within: kit.deadlines.answer, "that came in one piece")
            }
        }
    }

    /// A program keeps reading however much comes.
    func flood(isEchoing: Bool) -> ConformanceCheck {
        ConformanceCheck("flood") { kit in
            try await kit.with(StandInStore()) { program in
                try await program.give(program.store.give(Self.flooding))
                if isEchoing {
                    try await kit.expectAnswers(
                        of: program, within: kit.deadlines.answers, isOrdered: false)
                } else {
                    try await kit.expectLife(of: program, after: "many messages")
                }
            }
        }
    }

    /// A program ignores lines that it does not know.
    func junk(isEchoing: Bool) -> ConformanceCheck {
        ConformanceCheck("junk") { kit in
            try await kit.with(StandInStore()) { program in
                for line in Self.junkLines {
                    try await program.write(Array("\(line)\n".utf8))
                }
                if isEchoing {
                    try await program.give(program.store.give(1))
                    try await kit.expectAnswers(
                        of: program, within: kit.deadlines.answer, "behind lines it can't know")
                }
                try await kit.expectLife(of: program, after: "lines it can't know")
            }
        }
    }

    /// Types and fields of later versions, and lines that make no sense at all.
    private static let junkLines = [
        #"{"type":"from-the-future","number":"x","list":[1,{"a":null}]}"#,
        #"{"type":"join","number":1,"room":"general","from":"bob","bridge":"chat","mood":[]}"#,
        #"{"type":"skipped","count":3}"#,
        #"{"number":2}"#, "[]", "7", "", "no es JSON {", "\u{FFFD}\u{1}",
        #"{"type":"delete","number":3,"room":"general","of":1,"from":"bob"}"#,
    ]

    /// A request sent right before the end is answered before the end.
    var lastLine: ConformanceCheck {
        ConformanceCheck("last line") { kit in
            try await kit.with(StandInStore()) { program in
                try await program.give(program.store.give(20), joined: true)
                await program.stop()
                try await kit.expectAnswers(
                    of: program, within: kit.deadlines.end, "that came right before the end")
            }
        }
    }

    // MARK: - What is expected

    /// Waits until all messages are answered.
    ///
    /// - Parameters:
    ///   - circumstance: a clause about the messages: `that came in pieces`.
    ///   - hint: the possible reason, with the punctuation in front of it.
    func expectAnswers(
        of program: ProgramUnderTest, within deadline: Duration, _ circumstance: String = "",
        isOrdered: Bool = true, hint: String = ""
    ) async throws {
        let expected = program.store.now.given.map(\.number)
        _ = await program.wait(deadline) { $0.answers.count >= expected.count }
        let answers = program.answers
        if let twice = Self.firstRepeated(answers) {
            throw ConformanceFailure("it has answered message \(twice) twice")
        }
        if isOrdered, answers != answers.sorted() {
            throw ConformanceFailure("its answers are in another order than the messages")
        }
        let missing = Set(expected).subtracting(answers)
        if missing.isEmpty { return }
        let first = missing.min().map { "\($0)" } ?? ""
        let end = program.exit.map { "; it \($0)" } ?? ""
        let messages = circumstance.isEmpty ? "messages" : "messages \(circumstance)"
        throw ConformanceFailure(
            "\(missing.count) of \(expected.count) \(messages) did not come back within"
                + " \(deadline.plain), the first of them \(first)\(end)\(hint)")
    }

    /// Waits for anything that a program should not say.
    func expectSilence(of program: ProgramUnderTest) async throws {
        let count = program.answers.count
        _ = await program.wait(deadlines.silence) { $0.answers.count > count }
        if let twice = Self.firstRepeated(program.answers) {
            throw ConformanceFailure("it has answered message \(twice) twice")
        }
    }

    /// Waits a little, and checks that a program still runs.
    func expectLife(of program: ProgramUnderTest, after what: String) async throws {
        if await program.wait(deadlines.silence, for: { $0.exit != nil }), let exit = program.exit {
            throw ConformanceFailure("it \(exit) after \(what)")
        }
    }

    static func firstRepeated(_ numbers: [MessageNumber]) -> MessageNumber? {
        var seen: Set<MessageNumber> = []
        return numbers.first { !seen.insert($0).inserted }
    }

    // MARK: - The end

    /// A program ends when its input ends.
    var endOfInput: ConformanceCheck {
        ConformanceCheck("end of input") { kit in
            try await kit.with(StandInStore()) { program in
                await program.stop()
                guard await program.wait(kit.deadlines.end, for: { $0.exit != nil }) else {
                    throw ConformanceFailure(
                        "it has not ended within \(kit.deadlines.end.plain) after \"stop\" and the"
                            + " end of its input")
                }
            }
        }
    }

    /// A program ends when it gets SIGTERM, whatever it is doing.
    var termination: ConformanceCheck {
        ConformanceCheck("SIGTERM") { kit in
            try await kit.with(StandInStore()) { program in
                await program.signal(SIGTERM)
                guard await program.wait(kit.deadlines.end, for: { $0.exit != nil }) else {
                    throw ConformanceFailure(
                        "it has not ended within \(kit.deadlines.end.plain) after SIGTERM")
                }
            }
        }
    }
}

extension ProgramUnderTest {
    /// The numbers of the messages that it has answered, in the order of its answers.
    var answers: [MessageNumber] { store.now.answers }
}
