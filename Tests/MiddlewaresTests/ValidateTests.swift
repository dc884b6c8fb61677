import MessageBus
import TestSupport
import Testing

@testable import Middlewares

@Suite struct ValidateTests {
    private func trial(
        maxLength: Int = 4_000, maxLines: Int = 40,
        controlCharacters: Validate.ControlCharacters = .remove, language: Language = .en
    ) -> Trial {
        var options = Validate.Options()
        options.maxLength = maxLength
        options.maxLines = maxLines
        options.controlCharacters = controlCharacters
        return Trial(Validate(options, .make(language: language)))
    }

    @Test func `length is counted in characters, not in bytes`() {
        var trial = trial(maxLength: 5)
        let family = "👩‍👩‍👧‍👦"
        for text in ["", "hola!", "ñandú", String(repeating: family, count: 5), "e\u{301}aaaa"] {
            #expect(trial.judge(text) == .passed(text))
        }
        let dropped = Outcome.dropped(
            "the message has more than 5 characters", code: "too-long")
        for text in ["hola!!", "ñandús", String(repeating: family, count: 6)] {
            #expect(trial.judge(text) == dropped)
        }
    }

    @Test func `lines are counted, however short they are`() {
        var trial = trial(maxLines: 3)
        #expect(trial.judge("a\nb\nc") == .passed("a\nb\nc"))
        #expect(trial.judge("\n\n") == .passed("\n\n"))
        let dropped = Outcome.dropped("the message has more than 3 lines", code: "too-long")
        #expect(trial.judge("\n\n\n") == dropped)
        #expect(trial.judge("a\nb\nc\nd") == dropped)
    }

    @Test func `the defaults let 4000 characters and 40 lines pass`() {
        var trial = trial(language: .es)
        let long = String(repeating: "ñ", count: 4_000)
        #expect(trial.judge(long) == .passed(long))
        #expect(
            trial.judge(long + "a")
                == .dropped("el mensaje tiene más de 4000 caracteres", code: "too-long"))
        let lines = String(repeating: "a\n", count: 39)
        #expect(trial.judge(lines) == .passed(lines))
        #expect(
            trial.judge(lines + "\n")
                == .dropped("el mensaje tiene más de 40 líneas", code: "too-long"))
    }

    @Test func `one is not many`() {
        var characters = trial(maxLength: 1)
        #expect(
            characters.judge("ab")
                == .dropped("the message has more than 1 character", code: "too-long"))
        var lines = trial(maxLines: 1, language: .es)
        #expect(
            lines.judge("a\nb") == .dropped("el mensaje tiene más de 1 línea", code: "too-long"))
    }

    @Test func `control characters are refused only if that is wanted`() {
        let message = Message.make(hadControlCharacters: true)
        var removing = trial()
        #expect(removing.judge(message) == .passed("hola"))
        var refusing = trial(controlCharacters: .refuse)
        #expect(
            refusing.judge([message, .make("fine")]) == [
                .dropped("the message has control characters", code: "bad-text"), .passed("fine"),
            ])
    }
}
