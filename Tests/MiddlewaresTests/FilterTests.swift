import MessageBus
import TestSupport
import Testing

@testable import Middlewares
@testable import Patterns

@Suite struct FilterTests {
    private func trial(
        drop: [String] = [], only: [String] = [], reason: String? = nil, language: Language = .en
    ) throws -> Trial {
        var options = Filter.Options()
        options.drop = try drop.map { try Pattern($0) }
        options.only = try only.map { try Pattern($0) }
        options.reason = reason
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

    @Test func `a correction says no more than a message may`() throws {
        var trial = try trial(drop: ["casino"])
        #expect(
            trial.judge([.make("hola"), .make("casino", kind: .edit)]) == [
                .passed("hola"), .dropped("that message is not allowed here"),
            ])
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
