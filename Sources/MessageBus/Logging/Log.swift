/// The daemon's own log: sentences for its operator.
///
/// Safe from any thread, never waits.
public struct Log: Sendable {
    /// The importance of a line.
    public enum Level: String, Sendable, CaseIterable, Comparable, OptionValue {
        case debug, info, warning, error

        var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }

        /// Returns whether the left level is less important.
        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    }

    /// One line of the log.
    public struct Entry: Sendable, Equatable {
        /// The line's importance.
        public let level: Level
        /// The bridge that the line is about.
        public let bridge: String?
        /// The sentence.
        public let sentence: String
        /// True if the sentence is about what somebody said, and may quote it.
        package var isAboutMessage = false

        init(level: Level, bridge: String?, sentence: String) {
            self.level = level
            self.bridge = bridge
            self.sentence = sentence
        }
    }

    /// The clock and timer by which repeated lines are counted (`ThrottledLog`).
    public struct Times: Sendable {
        let clock: any TimeSource
        let later: (@Sendable (Duration, @escaping @Sendable () -> Void) -> Void)?

        /// Makes them from a clock and a timer.
        ///
        /// - Parameters:
        ///   - clock: the clock, which must be safe from any thread.
        ///   - later: calls a function once, on any thread, after a time; `nil` if there is no
        ///     timer.
        public init(
            clock: any TimeSource,
            later: (@Sendable (Duration, @escaping @Sendable () -> Void) -> Void)? = nil
        ) {
            self.clock = clock
            self.later = later
        }

        /// The system's monotonic clock, without a timer.
        public static let system = Times(clock: SystemClock())
    }

    private let threshold: LogThreshold
    private let bridge: String?
    let times: Times
    private let sink: @Sendable (Entry) -> Void

    /// Makes a log that hands entries of at least a level to a function, which must not wait.
    public init(
        from threshold: Level, times: Times = .system, sink: @escaping @Sendable (Entry) -> Void
    ) {
        self.init(LogThreshold(threshold), bridge: nil, times, sink)
    }

    /// Makes a log whose level can be changed.
    package init(
        from threshold: LogThreshold, times: Times = .system,
        sink: @escaping @Sendable (Entry) -> Void
    ) {
        self.init(threshold, bridge: nil, times, sink)
    }

    private init(
        _ threshold: LogThreshold, bridge: String?, _ times: Times,
        _ sink: @escaping @Sendable (Entry) -> Void
    ) {
        self.threshold = threshold
        self.bridge = bridge
        self.times = times
        self.sink = sink
    }

    /// A log that says nothing.
    public static let silent = Log(from: .error) { _ in }

    /// Returns the same log for a bridge.
    public func named(_ bridge: String) -> Log { Log(threshold, bridge: bridge, times, sink) }

    /// Returns whether lines of a level are written.
    public func shows(_ level: Level) -> Bool { threshold.admits(level) }

    /// Writes a line at a level.
    public func write(_ level: Level, _ sentence: @autoclosure () -> String, bridge: String? = nil)
    {
        guard threshold.admits(level) else { return }
        sink(Entry(level: level, bridge: bridge ?? self.bridge, sentence: sentence()))
    }

    /// Writes a line about a message, which may quote it.
    package func writeMessage(_ level: Level, _ sentence: String) {
        guard threshold.admits(level) else { return }
        var entry = Entry(level: level, bridge: bridge, sentence: sentence)
        entry.isAboutMessage = true
        sink(entry)
    }

    /// Writes a line whatever the level: for lines that scripts wait for.
    public func always(_ sentence: String) {
        sink(Entry(level: .info, bridge: bridge, sentence: sentence))
    }

    /// Writes a line that is of interest to developers only.
    public func debug(_ sentence: @autoclosure () -> String, bridge: String? = nil) {
        write(.debug, sentence(), bridge: bridge)
    }

    /// Writes a line about something that happened.
    public func info(_ sentence: @autoclosure () -> String, bridge: String? = nil) {
        write(.info, sentence(), bridge: bridge)
    }

    /// Writes a line about something that an operator should look at.
    public func warning(_ sentence: @autoclosure () -> String, bridge: String? = nil) {
        write(.warning, sentence(), bridge: bridge)
    }

    /// Writes a line about something that went wrong.
    public func error(_ sentence: @autoclosure () -> String, bridge: String? = nil) {
        write(.error, sentence(), bridge: bridge)
    }
}
