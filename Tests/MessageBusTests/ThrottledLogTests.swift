import MessageBus
import Locking
import TestSupport
import Testing

@Suite struct ThrottledLogTests {
    @Test func `a cause is told at once, and counted until its minute is over`() {
        let trial = Trial()
        for _ in 0..<18 { trial.throttled.warning(cause: "a", "no more tea") }
        #expect(trial.sentences == ["no more tea"])
        trial.advance(by: .seconds(59))
        #expect(trial.sentences.isEmpty)
        trial.advance(by: .seconds(1))
        #expect(trial.sentences == ["no more tea (17 more times in the last minute)"])
    }

    @Test func `while it goes on there is one line a minute, with no event between`() {
        let trial = Trial()
        for minute in 0..<3 {
            for _ in 0..<2 { trial.throttled.error(cause: "a", "no more tea") }
            #expect(trial.sentences == (minute == 0 ? ["no more tea"] : []))
            trial.advance(by: .seconds(60))
            let times = minute == 0 ? "once more" : "2 more times"
            #expect(trial.sentences == ["no more tea (\(times) in the last minute)"])
        }
        trial.advance(by: .seconds(600))
        #expect(trial.sentences.isEmpty)
        trial.throttled.error(cause: "a", "no more milk")
        #expect(trial.sentences == ["no more milk"])
        #expect(trial.recorder.entries.allSatisfy { $0.level == .error })
    }

    @Test func `without a timer a count is told with the next line of its cause`() {
        let trial = Trial(hasTimer: false)
        for _ in 0..<4 { trial.throttled.warning(cause: "a", "no more tea") }
        trial.advance(by: .seconds(200))
        #expect(trial.sentences == ["no more tea"])
        trial.throttled.warning(cause: "a", "no more milk")
        #expect(trial.sentences == ["no more milk (3 more times in the last 4 minutes)"])
        trial.throttled.warning(cause: "a", "no more tea")
        trial.advance(by: .seconds(61))
        trial.throttled.writeCounts()
        #expect(trial.sentences == ["no more milk (once more in the last minute)"])
    }

    @Test func `causes are counted apart, and so are bridges`() {
        let trial = Trial()
        for cause in ["a", "b", "a"] { trial.throttled.warning(cause: cause, "about \(cause)") }
        for bridge in ["x", "y", "x"] {
            trial.throttled.warning(cause: "a", "here too", bridge: bridge)
        }
        #expect(trial.sentences == ["about a", "about b", "here too", "here too"])
        trial.advance(by: .seconds(60))
        #expect(
            trial.recorder.entries.suffix(2).map { "\($0.bridge ?? "-"): \($0.sentence)" } == [
                "-: about a (once more in the last minute)",
                "x: here too (once more in the last minute)",
            ])
    }

    @Test func `a caller can word the count, and many events can come at once`() {
        let trial = Trial()
        let counted: @Sendable (Int) -> String = { "\($0) clients were refused" }
        trial.throttled.warning(cause: "a", "a client was refused", times: 3, counted: counted)
        trial.throttled.warning(cause: "a", "a client was refused", times: 4, counted: counted)
        trial.advance(by: .seconds(60))
        #expect(trial.sentences == ["a client was refused", "6 clients were refused"])
    }

    @Test func `more causes than fit are one cause, and none becomes new by that`() {
        let trial = Trial()
        for _ in 0..<10 {
            for cause in 0..<1_000 { trial.throttled.warning(cause: "\(cause)", "about \(cause)") }
        }
        #expect(trial.sentences.count == ThrottledLog.maxCauses + 1)
        trial.advance(by: .seconds(60))
        let counts = trial.sentences
        #expect(counts.count == ThrottledLog.maxCauses + 1)
        #expect(counts.contains("9359 more lines of other causes"))
        #expect(counts.contains("about 0 (9 more times in the last minute)"))
        // Those are quiet now and make room.
        trial.advance(by: .seconds(120))
        trial.throttled.warning(cause: "another", "about another")
        trial.throttled.warning(cause: "a third", "about a third")
        #expect(trial.sentences == ["about another", "about a third"])
    }

    @Test func `what is left is told at the end, once`() {
        var trial: Trial? = Trial()
        let recorder = trial?.recorder
        for _ in 0..<3 { trial?.throttled.warning(cause: "a", "no more tea") }
        trial?.advance(by: .seconds(5))
        trial?.throttled.writeRemainingCounts()
        #expect(recorder?.sentences.last == "no more tea (2 more times in the last 5 seconds)")
        for _ in 0..<2 { trial?.throttled.warning(cause: "b", "no more milk") }
        trial = nil
        #expect(recorder?.sentences.last == "no more milk (once more in the last second)")
        #expect(recorder?.sentences.count == 4)
    }

    @Test func `what nobody would see is neither made nor counted`() {
        let throttled = ThrottledLog(.silent)
        var made = 0
        func sentence() -> String {
            made += 1
            return "no more tea"
        }
        for _ in 0..<3 { throttled.warning(cause: "a", sentence()) }
        #expect(made == 0)
        let trial = Trial()
        for _ in 0..<3 { trial.throttled.warning(cause: "a", sentence()) }
        #expect(made == 1)
    }
}

/// A throttled log whose clock and timer a test turns.
private final class Trial {
    let recorder = LogRecorder()
    let throttled: ThrottledLog
    private let times = TestTimes()
    private var seen = 0

    init(hasTimer: Bool = true) {
        let times = times
        let timed = Log.Times(clock: times, later: { times.add($1, after: $0) })
        let untimed = Log.Times(clock: times)
        throttled = ThrottledLog(recorder.log(by: hasTimer ? timed : untimed))
    }

    /// The lines written since the last call.
    var sentences: [String] {
        defer { seen = recorder.sentences.count }
        return Array(recorder.sentences[seen...])
    }

    func advance(by duration: Duration) { times.advance(by: duration) }
}

private final class TestTimes: TimeSource {
    private struct Timer: Sendable {
        let at: MonotonicTime
        let run: @Sendable () -> Void
    }

    private struct State: Sendable {
        var now = MonotonicTime.start
        var timers: [Timer] = []
    }

    private let state = Locked(State())

    func monotonic() -> MonotonicTime { state.withLock { $0.now } }
    func wall() -> Timestamp { .epoch }
    var isReal: Bool { false }

    func add(_ action: @escaping @Sendable () -> Void, after delay: Duration) {
        state.withLock { $0.timers.append(Timer(at: $0.now + delay, run: action)) }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state -> [Timer] in
            let now = state.now + duration
            state.now = now
            let due = state.timers.filter { $0.at <= now }
            state.timers.removeAll { $0.at <= now }
            return due
        }
        for timer in due { timer.run() }
    }
}
