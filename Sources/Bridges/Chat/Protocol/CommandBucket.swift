import MessageBus

/// How many commands somebody may give: some at once, then one each time that a while has passed.
///
/// Kept as the moment at which it will be full again, so that nothing has to be refilled. Answers to
/// refused commands are bounded too: whoever goes on is not answered more than a hundred times a
/// second.
package struct CommandBucket: Sendable {
    /// What bridge.json says about it.
    package struct Options: PluginOptions, Equatable {
        /// Commands at once.
        @Option("How many commands may be given at once.", in: 1...1_000_000_000)
        package var burst = 30
        /// When there may be another one.
        @Option("The time after which one more may be given.", above: .zero)
        package var per = Duration.seconds(1)

        /// Makes the defaults.
        package init() {}

        /// Compares the values.
        package static func == (one: Options, other: Options) -> Bool {
            one.burst == other.burst && one.per == other.per
        }
    }

    /// What a bucket says to one command.
    package enum Decision: Sendable, Equatable {
        /// It may be done.
        case allowed
        /// It may not, for so many seconds more.
        case refused(seconds: Int64)
        /// It may not, and has been said often enough.
        case ignored
    }

    /// The options as numbers.
    package struct Rule: Sendable {
        let cost: Int128
        let capacity: Int128

        /// Makes the rule of some options.
        package init(_ options: Options) {
            cost = Int128(options.per.inNanoseconds)
            capacity = cost * Int128(options.burst)
        }
    }

    /// Refused commands that are answered in a second.
    static let answersPerSecond = 100

    private var fullAt: Int128 = 0
    private var second = Int64.min
    private var answers = 0

    /// Makes a full one.
    package init() {}

    /// Takes one command out.
    ///
    /// - Parameter now: nanoseconds of a clock that never jumps.
    package mutating func take(at now: Int64, _ rule: Rule) -> Decision {
        let next = max(fullAt, Int128(now)) + rule.cost
        let lacking = next - Int128(now) - rule.capacity
        guard lacking > 0 else {
            fullAt = next
            return .allowed
        }
        let present = now / 1_000_000_000
        if present != second { (second, answers) = (present, 0) }
        answers += 1
        guard answers <= Self.answersPerSecond else { return .ignored }
        return .refused(seconds: Int64(clamping: (lacking + 999_999_999) / 1_000_000_000))
    }
}

extension Duration {
    /// In nanoseconds, as large as they get.
    package var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 4 : min(product, .max / 4) + attoseconds / 1_000_000_000
    }
}
