import Locking
import TimeUnits

/// A log for lines that repeat: the first line of a cause is written at once, the following ones
/// are counted.
///
/// Safe from any thread, never waits.
///
/// The first line of a cause is written as it stands. Lines that follow within a minute are only
/// counted, and when the minute is over the first one is written again with the count: `… (17 more
/// times in the last minute)`. As long as the cause goes on, there is one such line a minute; after
/// a quiet minute, the next line is written at once again.
///
/// A count is written when its minute is over, by the timer of the log's times. Without a timer it
/// is written with the next line of its cause or by `writeCounts()`. Remaining counts are written
/// by `writeRemainingCounts()` and when the throttled log is released.
///
/// A cause is a kind of trouble, named by the program (`"accept"`, `"middleware[1] filter"`): words
/// that outsiders choose belong in the sentence. The number of causes has a bound nevertheless;
/// further causes within one minute count as one together.
public final class ThrottledLog: Sendable {
    /// The most causes to tell apart.
    public static let maxCauses = 64

    private struct Cause: Hashable {
        let name: String
        let bridge: String?
        var isOverflow = false
    }

    private struct Tally {
        let level: Log.Level
        let counted: (@Sendable (Int) -> String)?
        /// The line to write with the count.
        var sentence: String
        /// The time at which the present minute began.
        var since: MonotonicTime
        var repeats: Int
    }

    private struct State {
        var tallies: [Cause: Tally] = [:]
        /// True if the timer is set.
        var isTimed = false
    }

    private struct Line {
        let level: Log.Level
        let sentence: String
        let bridge: String?
    }

    private let log: Log
    private let pause: Duration
    private let state = Locked(State())

    /// Makes a throttled log that writes to a log and uses its times.
    ///
    /// - Parameters:
    ///   - log: the log to write to.
    ///   - pause: the least time between two lines of the same cause.
    public init(_ log: Log, pause: Duration = .seconds(60)) {
        self.log = log
        self.pause = pause
    }

    deinit { writeRemainingCounts() }

    /// Writes a line, or counts it if its cause was written within the minute.
    ///
    /// - Parameters:
    ///   - level: the line's importance.
    ///   - cause: the cause to count by, within a bridge and apart from others.
    ///   - sentence: is only made when it is written.
    ///   - times: the number of occurrences since the last call.
    ///   - bridge: the bridge that the line is about.
    ///   - counted: makes the line with a count, in place of the first line with the count in
    ///     parentheses.
    public func write(
        _ level: Log.Level, cause: String, _ sentence: @autoclosure () -> String, times: Int = 1,
        bridge: String? = nil, counted: (@Sendable (Int) -> String)? = nil
    ) {
        guard times > 0, log.shows(level) else { return }
        let cause = Cause(name: cause, bridge: bridge)
        let now = log.times.clock.monotonic()
        guard let (key, earlier) = begin(cause, times: times, level, counted, at: now) else {
            return setTimer(at: now)
        }
        // Made outside the lock, because a sentence may want to write to the log, too.
        let text = sentence()
        state.withLock { $0.tallies[key]?.sentence = text }
        guard let earlier else { return log.write(level, text, bridge: bridge) }
        log.write(level, told(earlier, with: text, at: now), bridge: bridge)
    }

    /// Writes a line about something that an operator should look at.
    public func warning(
        cause: String, _ sentence: @autoclosure () -> String, times: Int = 1,
        bridge: String? = nil, counted: (@Sendable (Int) -> String)? = nil
    ) {
        write(
            .warning, cause: cause, sentence(), times: times, bridge: bridge, counted: counted)
    }

    /// Writes a line about something that went wrong.
    public func error(
        cause: String, _ sentence: @autoclosure () -> String, times: Int = 1,
        bridge: String? = nil, counted: (@Sendable (Int) -> String)? = nil
    ) {
        write(.error, cause: cause, sentence(), times: times, bridge: bridge, counted: counted)
    }

    /// Writes the counts of minutes that are over.
    ///
    /// The timer of the log's times does this; call it for a log without a timer.
    public func writeCounts() { writeRepeats(at: log.times.clock.monotonic(), all: false) }

    /// Writes all remaining counts, at the end.
    public func writeRemainingCounts() { writeRepeats(at: log.times.clock.monotonic(), all: true) }

    // MARK: - Counting

    /// Counts an event.
    ///
    /// Returns `nil` if nothing is to be written now, otherwise the key to keep the sentence under,
    /// and the count of a minute that is over, to be written with it.
    private func begin(
        _ cause: Cause, times: Int, _ level: Log.Level, _ counted: (@Sendable (Int) -> String)?,
        at now: MonotonicTime
    ) -> (Cause, Tally?)? {
        state.withLock { state -> (Cause, Tally?)? in
            var key = cause
            if state.tallies[key] == nil, state.tallies.count >= Self.maxCauses {
                removeQuiet(from: &state, at: now)
                // Never at the cost of a cause whose minute is not over: with one more cause than
                // fits, each would be new again and again.
                if state.tallies.count >= Self.maxCauses {
                    key = Cause(name: "", bridge: nil, isOverflow: true)
                }
            }
            let known = state.tallies[key]
            if var known, now - known.since < pause {
                known.repeats += times
                state.tallies[key] = known
                return nil
            }
            state.tallies[key] = Tally(
                level: level, counted: key.isOverflow ? Self.tellOthers : counted, sentence: "",
                since: now, repeats: times - 1)
            guard var known, known.repeats > 0 else { return (key, nil) }
            if known.counted != nil { known.repeats += 1 }
            return (key, known)
        }
    }

    private static let tellOthers: @Sendable (Int) -> String = {
        "\($0) more lines of other causes"
    }

    private func removeQuiet(from state: inout State, at now: MonotonicTime) {
        state.tallies = state.tallies.filter { _, tally in
            tally.repeats > 0 || now - tally.since < pause
        }
    }

    // MARK: - Telling

    private func writeRepeats(at now: MonotonicTime, all: Bool) {
        let lines = state.withLock { state -> [Line] in
            var lines: [Line] = []
            for (cause, tally) in state.tallies where all || now - tally.since >= pause {
                state.tallies[cause] = nil
                guard tally.repeats > 0 else { continue }
                let sentence = told(tally, with: tally.sentence, at: now)
                lines.append(Line(level: tally.level, sentence: sentence, bridge: cause.bridge))
                var next = tally
                next.since = now
                next.repeats = 0
                // It may go on: the next count is written in a minute.
                if !all { state.tallies[cause] = next }
            }
            return lines
        }
        for line in lines.sorted(by: { $0.sentence < $1.sentence }) {
            log.write(line.level, line.sentence, bridge: line.bridge)
        }
    }

    private func told(_ tally: Tally, with sentence: String, at now: MonotonicTime) -> String {
        if let counted = tally.counted { return counted(tally.repeats) }
        let times = tally.repeats == 1 ? "once more" : "\(tally.repeats) more times"
        return "\(sentence) (\(times) in the last \(Self.span(now - tally.since)))"
    }

    /// Returns a time in words, never shorter than it is.
    private static func span(_ time: Duration) -> String {
        let seconds = max(1, (time + .seconds(1) - .nanoseconds(1)).wholeSeconds)
        if seconds < 60 { return seconds == 1 ? "second" : "\(seconds) seconds" }
        // The timer is a little late.
        return seconds < 70 ? "minute" : "\((seconds + 59) / 60) minutes"
    }

    /// Sets the timer for the end of the earliest minute in which something was counted.
    private func setTimer(at now: MonotonicTime) {
        guard let later = log.times.later else { return }
        let delay = state.withLock { state -> Duration? in
            guard !state.isTimed else { return nil }
            let counting = state.tallies.values.lazy.filter { $0.repeats > 0 }
            guard let first = counting.map(\.since).min() else { return nil }
            state.isTimed = true
            return max(.zero, first + pause - now)
        }
        guard let delay else { return }
        later(delay) { [weak self] in self?.timeHasCome() }
    }

    private func timeHasCome() {
        state.withLock { $0.isTimed = false }
        writeCounts()
        setTimer(at: log.times.clock.monotonic())
    }
}
