import MessageBus
import TestSupport
import Testing

@testable import Middlewares
@testable import Patterns

@Suite struct FilterTests {
    private func trial(
        drop: [String] = [], only: [String] = [], reason: String? = nil, language: Language = .en,
        exact: Bool = false
    ) throws -> Trial {
        var options = Filter.Options()
        options.drop = try drop.map { try Pattern($0) }
        options.only = try only.map { try Pattern($0) }
        options.reason = reason
        options.exact = exact
        return Trial(try Filter(options, .make(language: language)))
    }

    @Test func `a text that matches one of drop is dropped`() throws {
        var trial = try trial(drop: ["(?i)casino", #"\d{6}"#])
        let outcomes = trial.judge(["hola", "el Casino", "123456", "12345"].map { .make($0) })
        let dropped = Outcome.dropped("that message is not allowed here")
        #expect(outcomes == [.passed("hola"), dropped, dropped, .passed("12345")])
    }

    @Test func `with only a text has to match one of them and none of drop`() throws {
        var trial = try trial(drop: ["noise"], only: ["ERROR|FATAL", "^panic"], reason: "not news")
        let texts = ["ERROR 1", "a panic", "panic!", "FATAL noise", ""]
        let dropped = Outcome.dropped("not news")
        #expect(
            trial.judge(texts.map { .make($0) }) == [
                .passed("ERROR 1"), dropped, .passed("panic!"), dropped, dropped,
            ])
    }

    /// The same word, hidden in ways that no reader sees.
    private static let hidden = [
        "ca\u{200B}sino", "c\u{AD}a\u{AD}s\u{AD}i\u{AD}n\u{AD}o", "ｃａｓｉｎｏ", "𝐜𝐚𝐬𝐢𝐧𝐨",
        "cas\u{FE0F}ino", "ca\u{E0061}sino", "c\u{34F}asino", "ca\u{3164}sino", "casi\u{200E}no",
        "ⓒⓐⓢⓘⓝⓞ", "mi \u{FEFF}cas\u{2060}ino, sí",
    ]

    @Test func `a word is found however it is hidden`() throws {
        for pattern in ["casino", "(?i)\\bCASINO\\b", "(?i)casino|lotería", "^.*casi?no"] {
            var trial = try trial(drop: [pattern])
            for text in Self.hidden {
                // Alone and in a batch, whose texts are searched all at once.
                #expect(trial.judge(text) != .passed(text), "\(pattern) \(text)")
                #expect(trial.judge([.make("hola"), .make(text)])[1] != .passed(text))
            }
        }
        var only = try trial(only: ["^casino$"])
        #expect(only.judge("ca\u{200B}sino") == .passed("ca\u{200B}sino"))
    }

    @Test func `exact sees texts as they are`() throws {
        var trial = try trial(drop: ["casino"], exact: true)
        for text in Self.hidden { #expect(trial.judge(text) == .passed(text)) }
        #expect(trial.judge("casino") != .passed("casino"))
    }

    @Test(arguments: [
        ("\u{200B}", "a\u{200B}b", "ab"), ("[\u{200B}-\u{200D}]", "a\u{200C}b", "ab"),
        ("\\x{200B}", "a\u{200B}b", "ab"), ("\\xAD", "a\u{AD}b", "ab"),
        ("\\p{Cf}", "a\u{FEFF}b", "ab"), ("[\\p{Cf}x]", "a\u{FEFF}b", "ab"),
        ("[Ａ-Ｚ]", "ＡＢ", "AB"), ("[ªº]", "1º", "1o"), ("½", "½", "1/2"), ("…", "ya…", "ya..."),
        ("\\N{U+2060}", "a\u{2060}b", "ab"),
    ])
    func `a pattern about such a character sees texts as they are`(
        pattern: String, dropped: String, passed: String
    ) throws {
        var trial = try trial(drop: [pattern])
        #expect(trial.judge(dropped) != .passed(dropped))
        #expect(trial.judge(passed) == .passed(passed))
    }

    @Test func `a correction says no more than a message may`() throws {
        var trial = try trial(drop: ["casino"])
        #expect(
            trial.judge([.make("hola"), .make("casino", kind: .edit)]) == [
                .passed("hola"), .dropped("that message is not allowed here"),
            ])
    }

    /// Notices about `pesado` of every kind.
    private static let notices: [Message] = [
        .make("", by: .make("pesado"), kind: .join), .make("", by: .make("pesado"), kind: .leave),
        .make("", by: .make("pesado"), kind: .rename, other: .make("ana")),
        .make("", by: .make("ana"), kind: .rename, other: .make("pesado")),
        .make("", by: .make("ｐｅｓ\u{200B}ado (telegram)"), kind: .join),
    ]

    private func trial(of patterns: [String], isOnly: Bool) throws -> Trial {
        var options = Filter.Options()
        let patterns = try patterns.map { try Pattern($0) }
        if isOnly { options.only = patterns } else { options.drop = patterns }
        return Trial(
            try Filter(options, .make(language: .en)),
            when: Condition(kinds: Condition.Kind.allCases))
    }

    @Test func `a notice is dropped by the names in it`() throws {
        let dropped = Outcome.dropped("that message is not allowed here")
        var drop = try trial(of: [#"^pesado\b"#], isOnly: false)
        let others: [Message] = [
            .make("", by: .make("ana"), kind: .join), .make("hola", by: .make("pesado")),
            .make("", by: .make("eva"), kind: .rename, other: .make("ana")),
        ]
        #expect(drop.judge(others) == [.passed(""), .passed("hola"), .passed("")])
        for notice in Self.notices { #expect(drop.judge(notice) == dropped) }
        #expect(drop.judge(Self.notices) == Self.notices.map { _ in dropped })
    }

    @Test func `with only a new name has to match one of them`() throws {
        let dropped = Outcome.dropped("that message is not allowed here")
        var only = try trial(of: ["^alumno-[0-9]+$"], isOnly: true)
        let (good, bad) = (Sender.make("alumno-1"), Sender.make("pesado"))
        #expect(
            only.judge([
                .make("", by: good, kind: .join), .make("", by: bad, kind: .join),
                .make("", by: good, kind: .rename, other: bad),
                .make("", by: bad, kind: .rename, other: good),
            ]) == [.passed(""), dropped, dropped, .passed("")])
    }

    @Test func `a filter without patterns drops nothing`() throws {
        var trial = try trial()
        #expect(trial.judge("hola") == .passed("hola"))
    }

    @Test func `the sentence is in the language of the bus, and a reason is one line`() throws {
        var spanish = try trial(drop: ["x"], language: .es)
        #expect(spanish.judge("x") == .dropped("aquí no se admite ese mensaje"))
        var lines = try trial(drop: ["x"], reason: "a\nb")
        #expect(lines.judge("x") == .dropped("a\\nb"))
    }

    @Test func `a text on which a pattern is given up is dropped, and nothing else is`() throws {
        var trial = try trial(drop: ["(a+)+$"])
        let hard = String(repeating: "a", count: 40) + "b"
        let outcomes = trial.judge([.make("x"), .make(hard), .make("y")])
        #expect(outcomes == [.passed("x"), .dropped(""), .passed("y")])
        #expect(
            trial.failures.map { "\($0)" } == [
                "the regular expression \"(a+)+$\" was given up on a text of 41 bytes: "
                    + "match limit exceeded"
            ])
    }
}
