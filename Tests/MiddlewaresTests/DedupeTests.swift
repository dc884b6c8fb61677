import MessageBus
import TestSupport
import Testing

@testable import Middlewares

@Suite struct DedupeTests {
    private func dedupe(
        within: Duration = .seconds(30), language: Language = .en, exact: Bool = false
    ) -> Dedupe {
        var options = Dedupe.Options()
        options.exact = exact
        options.within = within
        return Dedupe(options, .make(language: language))
    }

    private let dropped = Outcome.dropped("you said that less than 30 s ago")

    @Test func `a text its sender said within the time is dropped`() {
        var trial = Trial(dedupe())
        let texts = ["hola", "hola", "hola!", "hola", "", ""]
        #expect(
            trial.judge(texts.map { .make($0) }) == [
                .passed("hola"), dropped, .passed("hola!"), dropped, .passed(""), dropped,
            ])
    }

    @Test func `a text is the same with something in it that is not seen`() {
        let texts = ["hola", "ho\u{200B}la", "ｈｏｌａ", "hola\u{FEFF}"].map { Message.make($0) }
        var trial = Trial(dedupe())
        #expect(trial.judge(texts) == [.passed("hola"), dropped, dropped, dropped])
        var exact = Trial(dedupe(exact: true))
        #expect(exact.judge(texts) == texts.map { .passed($0.text) })
    }

    @Test func `the time counts from when the text last passed`() {
        var trial = Trial(dedupe())
        let moments: [(Double, Bool)] = [
            (0, true), (29.999, false), (30, true), (31, false), (59.9, false), (60, true),
            (200, true), (229, false), (230, true),
        ]
        for (seconds, isPassing) in moments {
            let outcome = trial.judge(.make(arrival: .seconds(seconds)))
            #expect(outcome == (isPassing ? .passed("hola") : dropped), "after \(seconds) s")
        }
    }

    @Test func `what counts is when it last passed, also if that was said earlier`() {
        var trial = Trial(dedupe())
        for seconds in [100, 60, 95] {
            #expect(trial.judge(.make(arrival: .seconds(seconds))) == .passed("hola"))
        }
    }

    @Test func `a new name does not help, and others may say the same`() {
        var trial = Trial(dedupe())
        #expect(trial.judge(.make(by: .make("ana", identity: 7))) == .passed("hola"))
        #expect(trial.judge(.make(by: .make("bea", identity: 7))) == dropped)
        #expect(trial.judge(.make(by: .make("ana", identity: 8))) == .passed("hola"))
    }

    @Test func `a correction repeats nothing, but may be repeated`() {
        var trial = Trial(dedupe())
        #expect(
            trial.judge([
                .make("hola"), .make("adiós", kind: .edit), .make("hola", kind: .edit),
                .make("adiós"),
            ]) == [.passed("hola"), .passed("adiós"), .passed("hola"), dropped])
    }

    @Test func `the sentence is in the language of the bus`() {
        var trial = Trial(dedupe(within: .seconds(60), language: .es))
        #expect(
            trial.judge([.make(), .make()])[1] == .dropped("ya lo has dicho hace menos de 1 min"))
    }

    @Test(arguments: Seeded.some)
    func `it agrees with remembering everything`(seed: UInt64) {
        var random = Seeded(seed)
        var trial = Trial(dedupe(within: .milliseconds(50)))
        var said: [String: Int] = [:]
        var now = 0
        for _ in 0..<20_000 {
            now += Int.random(in: 0...3, using: &random)
            let text = "\(Int.random(in: 0..<40, using: &random))"
            let isPassing = said[text].map { now - $0 >= 50 } ?? true
            if isPassing { said[text] = now }
            let outcome = trial.judge(.make(text, arrival: .milliseconds(now)))
            #expect((outcome == .passed(text)) == isPassing)
        }
    }

    @Test func `however much is said, only so much is remembered`() {
        var dedupe = dedupe()
        for number in 0..<160_000 {
            var message = Message.make("\(number)")
            #expect(dedupe.handle(&message) == .pass)
            if number % 10_000 == 0 { #expect(dedupe.count <= 2 * Dedupe.generation) }
        }
        var last = Message.make("159999")
        #expect(dedupe.handle(&last) != .pass)
    }

    @Test func `fingerprints differ where texts differ`() {
        let secret = DedupeKey.Secret()
        var seen: Set<DedupeKey> = []
        var count = 0
        for length in 0..<70 {
            for place in 0..<max(length, 1) {
                for identity in UInt64(0)..<3 {
                    var text = [UInt8](repeating: 0, count: length)
                    if length > 0 { text[place] = 1 }
                    seen.insert(text.withUnsafeBytes { DedupeKey(of: $0, by: identity, secret) })
                    count += 1
                }
            }
        }
        #expect(seen.count == count)
    }

    @Test func `the same is done twice only by the same notice in the same room`() {
        var trial = Trial(dedupe(), when: Condition(kinds: [.join, .rename]))
        let (ana, eva) = (Sender.make("ana"), Sender.make("eva"))
        let done = Outcome.dropped("you did that less than 30 s ago")
        #expect(
            trial.judge([
                .make("", by: ana, kind: .join), .make("", by: ana, kind: .rename, other: eva),
                .make("", by: eva, kind: .rename, other: ana),
                .make("", by: ana, kind: .rename, other: eva), .make("", by: ana, kind: .join),
            ]) == [.passed(""), .passed(""), .passed(""), done, done])
        #expect(
            trial.judge(.make("", by: ana, kind: .join, room: "otra")) == .passed(""))
    }
}
