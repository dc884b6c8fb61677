import TimeUnits

/// A limit on the commands of one connection, or of one person who is logged in: some at once, then
/// one more after each pause.
///
/// Kept as the time at which the full allowance is available again, so that nothing has to be
/// refilled. Somebody who is logged in may be on bridges with different limits: what is used counts
/// towards each limit as the same share of its allowance. Answers to refused commands are bounded
/// too, at a hundred a second.
package struct CommandBucket: Sendable {
    /// The limit as bridge.json states it.
    package struct Options: PluginOptions {
        /// The commands that may be given at once.
        @Option("Commands that may be given at once.", in: 1...1_000_000_000)
        package var burst = 30
        /// The pause after which there may be another one.
        @Option("The time after which one more may be given.", above: .zero)
        package var per = Duration.seconds(1)

        /// Makes the defaults.
        package init() {}
    }

    /// The decision about one command.
    package enum Decision: Sendable, Equatable {
        /// It may be executed.
        case allowed
        /// It may not be executed for so many seconds more.
        case refused(seconds: Int64)
        /// It may not be executed, and the client has been told often enough.
        case ignored
    }

    /// The limit as numbers: the nanoseconds that a command costs, and those that there are to
    /// spend.
    ///
    /// Numbers, not durations, because a share of them is computed for each command.
    package struct Rule: Sendable {
        let cost: Int128
        let capacity: Int128

        /// Makes the rule of a limit.
        package init(_ options: Options) {
            cost = options.per.attoseconds / Duration.nanoseconds(1).attoseconds
            capacity = cost * Int128(options.burst)
        }
    }

    /// The most refused commands that are answered within a second: a flood of commands must not
    /// become a flood of answers.
    static let answersPerSecond = 100

    /// Nanoseconds of a second.
    private static let second: Int64 = 1_000_000_000

    private var fullAt: Int128 = 0
    /// The capacity that `fullAt` was computed with.
    private var capacity: Int128 = 0
    private var second = Int64.min
    private var answers = 0

    /// Makes a bucket with the full allowance.
    package init() {}

    /// Counts one command, and returns what becomes of it.
    ///
    /// - Parameter time: by a clock that never jumps.
    package mutating func spend(at time: MonotonicTime, _ rule: Rule) -> Decision {
        let now = time.nanoseconds
        if capacity != rule.capacity {
            let used = max(0, fullAt - Int128(now))
            // Not exact, but it can't overflow.
            if capacity > 0 {
                fullAt =
                    Int128(now) + Int128(Double(used) / Double(capacity) * Double(rule.capacity))
            }
            capacity = rule.capacity
        }
        let next = max(fullAt, Int128(now)) + rule.cost
        let lacking = next - Int128(now) - rule.capacity
        guard lacking > 0 else {
            fullAt = next
            return .allowed
        }
        let present = now / Self.second
        if present != second { (second, answers) = (present, 0) }
        answers += 1
        guard answers <= Self.answersPerSecond else { return .ignored }
        return .refused(seconds: Int64(clamping: (lacking - 1) / Int128(Self.second) + 1))
    }
}
