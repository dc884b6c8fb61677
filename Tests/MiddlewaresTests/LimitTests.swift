import MessageBus
import TestSupport
import Testing

@testable import Middlewares

@Suite struct LimitTests {
    private func limit(
        _ messages: Int = 20, per: Duration = .seconds(10), burst: Int? = nil,
        by: Limit.Scope = .sender, language: Language = .en
    ) -> Limit {
        var options = Limit.Options()
        options.messages = messages
        options.per = per
        options.burst = burst
        options.by = by
        return Limit(options, .make(language: language))
    }

    private func passed(_ trial: inout Trial, _ message: Message, times: Int) -> Int {
        trial.judge(Array(repeating: message, count: times)).count { $0 == .passed("hola") }
    }

    @Test func `a full bucket holds as many as there are messages, then it fills evenly`() {
        var trial = Trial(limit(4, per: .seconds(8)))
        #expect(passed(&trial, .make(), times: 9) == 4)
        #expect(passed(&trial, .make(arrival: .nanoseconds(1_999_999_999)), times: 2) == 0)
        #expect(passed(&trial, .make(arrival: .seconds(2)), times: 2) == 1)
        #expect(passed(&trial, .make(arrival: .seconds(7)), times: 9) == 2)
        #expect(passed(&trial, .make(arrival: .seconds(8)), times: 9) == 1)
        #expect(passed(&trial, .make(arrival: .seconds(1_000)), times: 9) == 4)
    }

    @Test func `the time after which the same would pass is part of the verdict`() {
        var limit = limit(2, per: .seconds(60), burst: 1)
        var (first, second) = (Message.make(), Message.make(arrival: .milliseconds(500)))
        #expect(limit.handle(&first) == .pass)
        guard case .drop(_, "rate-limited", let pause) = limit.handle(&second) else {
            Issue.record("it passed")
            return
        }
        #expect(pause == .seconds(30))
    }

    @Test func `a burst may be smaller or larger than the messages of the time`() {
        var small = Trial(limit(10, per: .seconds(10), burst: 1))
        #expect(passed(&small, .make(), times: 3) == 1)
        #expect(passed(&small, .make(arrival: .seconds(1)), times: 3) == 1)
        var large = Trial(limit(1, per: .seconds(10), burst: 5))
        #expect(passed(&large, .make(), times: 9) == 5)
        #expect(passed(&large, .make(arrival: .seconds(20)), times: 9) == 2)
    }

    @Test func `an account that speaks for others may send five times as much for all of them`() {
        var trial = Trial(limit(2))
        let bot = Sender.make("bot", identity: 7)
        for name in ["a", "b", "c", "d", "e", "f"] {
            let sender = Sender(name, relayedBy: bot) { $0 }
            let count = passed(&trial, .make(by: sender), times: 3)
            #expect(count == (name == "f" ? 0 : 2))
        }
        // What it says for itself is counted as of anybody.
        #expect(passed(&trial, .make(by: bot), times: 3) == 2)
        let late = Sender("f", relayedBy: bot) { $0 }
        #expect(passed(&trial, .make(by: late, arrival: .seconds(10)), times: 3) == 2)
    }

    @Test func `a new name resets nothing, and others are not held up`() {
        var trial = Trial(limit(2))
        #expect(passed(&trial, .make(by: .make("ana", identity: 7)), times: 3) == 2)
        #expect(passed(&trial, .make(by: .make("bea", identity: 7)), times: 3) == 0)
        #expect(passed(&trial, .make(by: .make("ana", identity: 8)), times: 3) == 2)
        #expect(passed(&trial, .make(by: .make("ana", identity: 7)), times: 3) == 0)
    }

    @Test func `messages of a bridge or of a room can be counted together`() {
        let ana = Sender.make("ana", bridge: "chat", identity: 1)
        let bea = Sender.make("bea", bridge: "chat", identity: 2)
        let tail = Sender.make("log", bridge: "tail", identity: 3)
        var bridge = Trial(limit(1, by: .bridge))
        #expect(passed(&bridge, .make(by: ana), times: 1) == 1)
        #expect(passed(&bridge, .make(by: bea, room: "logs"), times: 1) == 0)
        #expect(passed(&bridge, .make(by: tail), times: 1) == 1)
        var room = Trial(limit(1, by: .room))
        #expect(passed(&room, .make(by: ana), times: 1) == 1)
        #expect(passed(&room, .make(by: tail), times: 1) == 0)
        #expect(passed(&room, .make(by: ana, room: "logs"), times: 1) == 1)
        #expect(passed(&room, .make(by: ana), times: 1) == 0)
    }

    @Test func `a dropped sender is told the rule and how long to wait`() {
        var spanish = Trial(limit(language: .es))
        #expect(passed(&spanish, .make(), times: 20) == 20)
        #expect(
            spanish.judge(.make())
                == .dropped("20 mensajes cada 10 s; espera 1 s", code: "rate-limited"))
        var english = Trial(limit(1, per: .seconds(60)))
        #expect(passed(&english, .make(), times: 1) == 1)
        let waits: [(Duration, String)] = [
            (.zero, "60 s"), (.milliseconds(1), "60 s"), (.seconds(57), "3 s"),
            (.milliseconds(59_999), "1 s"),
        ]
        for (arrival, wait) in waits {
            #expect(
                english.judge(.make(arrival: arrival))
                    == .dropped("1 message every 1 min; wait \(wait)", code: "rate-limited"))
        }
        #expect(english.judge(.make(arrival: .seconds(60))) == .passed("hola"))
    }

    @Test(arguments: [
        (1, "1 s"), (120, "120 s"), (121, "3 min"), (7_200, "120 min"), (7_201, "3 h"),
        (172_801, "3 d"),
    ])
    func `long waits are told in larger units, rounded up`(seconds: Int64, words: String) {
        #expect(Duration.spoken(roundingUp: seconds) == words)
    }

    @Test(
        arguments: [
            (.milliseconds(1), "1 ms"), (.milliseconds(1_500), "1500 ms"), (.seconds(90), "90 s"),
            (.seconds(300), "5 min"), (.seconds(7_200), "2 h"), (.seconds(86_400), "1 d"),
        ] as [(Duration, String)])
    func `times are told in the largest unit that is exact`(time: Duration, words: String) {
        #expect(time.spoken == words)
    }

    @Test func `over a long time exactly as many pass as the rule says`() {
        // A third of a second is no whole number of nanoseconds.
        var trial = Trial(limit(3, per: .seconds(1)))
        var count = 0
        for tick in 0..<30_000 {
            count += passed(&trial, .make(arrival: .milliseconds(tick * 100)), times: 1)
        }
        // 2,999.9 s and the full bucket at the beginning.
        #expect(count == 3 + 8_999)
    }

    @Test(arguments: Seeded.some)
    func `it agrees with a bucket of fractions`(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<50 {
            let messages = Int.random(in: 1...50, using: &random)
            let burst = Int.random(in: 1...50, using: &random)
            let period = Int.random(in: 1...20, using: &random)
            var trial = Trial(limit(messages, per: .milliseconds(period), burst: burst))
            var level = burst * period
            var now = 0
            for _ in 0..<300 {
                let pause = Int.random(in: 0...2, using: &random)
                now += pause
                level = min(burst * period, level + pause * messages)
                let isPassing = level >= period
                if isPassing { level -= period }
                let outcome = trial.judge(.make(arrival: .milliseconds(now)))
                #expect((outcome == .passed("hola")) == isPassing)
            }
        }
    }

    @Test func `the largest values do not overflow`() {
        let century = Duration.seconds(36_500 * 86_400)
        var rare = Trial(limit(1, per: century, burst: .max))
        #expect(passed(&rare, .make(arrival: .nanoseconds(Int64.max)), times: 3) == 3)
        var often = Trial(limit(.max, per: century, burst: .max))
        #expect(passed(&often, .make(arrival: .nanoseconds(Int64.max)), times: 3) == 3)
        var slow = Trial(limit(.max, per: century, burst: 1))
        #expect(passed(&slow, .make(arrival: .nanoseconds(Int64.max)), times: 2) == 1)
    }

    @Test func `the table stays small, and limited senders stay limited`() {
        var buckets = Buckets(cost: 10, capacity: 10)
        for key in UInt64(0)..<10_000 { #expect(buckets.spend(key, at: Int128(key)) == 0) }
        #expect(buckets.count <= 1_024)
        var busy = Buckets(cost: 1 << 40, capacity: 1 << 40)
        for key in UInt64(0)..<250_000 { #expect(busy.spend(key, at: Int128(key)) == 0) }
        #expect(busy.count <= Buckets.maxCount)
        #expect(busy.spend(249_999, at: 250_000) > 0)
    }
}
