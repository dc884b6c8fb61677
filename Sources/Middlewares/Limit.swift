import MessageBus

/// Drops messages of those who say too many in too short a time.
///
/// A token bucket: full it holds `burst` messages, and it fills with `messages` in `per`. What is
/// dropped takes nothing out of it. Time is when something was said, as far as that is known.
package struct Limit: CopyableMiddleware {
    /// How many messages in what time, and whose.
    package struct Options: PluginOptions {
        @Option("How many messages may be said in the time of `per`.", in: 1...)
        package var messages = 20
        @Option("The time that `messages` is counted in.", above: .zero)
        package var per = Duration.seconds(10)
        @Option(
            "How many messages may be said at once; as `messages` if left out.",
            absent: "as messages", in: 1...)
        package var burst: Int?
        @Option("Whose messages are counted together: those of a sender, a bridge or a room.")
        package var by = Scope.sender

        /// Names that other programs have for these.
        package static let synonyms = [
            "rate": "\"messages\"", "max": "\"messages\"", "count": "\"messages\"",
            "limit": "\"messages\"", "interval": "\"per\"", "window": "\"per\"",
            "period": "\"per\"",
            "seconds": "\"per\"", "time": "\"per\"", "every": "\"per\"",
        ]

        /// Makes options with their defaults.
        package init() {}

        /// Finds a limit of what is not limited.
        package func validate(_ check: inout OptionCheck) { check.leavesPass(unlessOthers: true) }
    }

    /// Whose messages are counted together.
    package enum Scope: String, Sendable, CaseIterable, OptionValue {
        /// A connection's or an account's, whatever name it takes.
        case sender
        /// A bridge's.
        case bridge
        /// A room's.
        case room
    }

    private let messages: Int128
    private let scope: Scope
    private let rule: String
    private let language: Language
    private var buckets: Buckets
    /// Those whose last message was refused, of bridges that know albums.
    private var refused: Set<UInt64> = []
    private var now: Int128 = 0
    private var arrival: Duration?
    private var numbers: [String: UInt64] = [:]
    private var lastName: (name: String, number: UInt64)?
    private var lastWait: (seconds: Int64, verdict: Verdict)?

    /// Those remembered as refused at the most.
    private static let mostRefused = 10_000

    /// Makes a limit; everybody's bucket is full at first.
    package init(_ options: Options, _ context: Context) {
        messages = Int128(options.messages)
        scope = options.by
        language = context.language
        // At most 2^62 ns (a hundred years) times 2^63 messages: there is always room for two.
        let period = options.per.attoseconds / 1_000_000_000
        let burst = options.burst ?? options.messages
        buckets = Buckets(cost: period, capacity: period * Int128(burst))
        let count = options.messages
        let time = options.per.spoken
        rule =
            switch language {
            case .es: "\(count) mensaje\(count == 1 ? "" : "s") cada \(time)"
            case .en: "\(count) message\(count == 1 ? "" : "s") every \(time)"
            }
    }

    /// Takes for all messages of one sender at once where there is enough.
    package mutating func judge(_ batch: Batch) {
        if let sender = batch.onlySender, let first = batch.first, !first.isQuotation,
            batch.isOfOneMoment
        {
            if first.arrival != arrival { move(to: first.arrival) }
            let key = scope == .sender ? sender.identity : key(of: first)
            if buckets.spend(key, times: batch.count, at: now) { return }
        }
        judgeEach(batch)
    }

    /// Drops a message of somebody whose bucket is empty.
    package mutating func handle(_ message: inout Message) -> Verdict {
        if message.isQuotation { return .pass }
        let moment = moment(of: message)
        if moment != arrival { move(to: moment) }
        let key = key(of: message)
        // An album counts once: what belongs to it goes the way of its first picture.
        if message.isContinuation, !refused.contains(key) { return .pass }
        let lacking = buckets.spend(key, at: now)
        if lacking > 0 {
            if message.origin != nil { note(refusedTo: key) }
            return refusal(lacking)
        }
        if !refused.isEmpty { refused.remove(key) }
        return .pass
    }

    /// When a message counts: when it was said.
    ///
    /// Among those of a room, where others have spoken since, what comes late is counted for itself.
    private func moment(of message: Message) -> Duration {
        let moment = message.moment
        return scope == .room && !Self.isLate(message) ? message.arrival : moment
    }

    /// Whether a message was under way for longer than a network takes.
    private static func isLate(_ message: Message) -> Bool {
        message.arrival - message.moment > .seconds(5)
    }

    private mutating func note(refusedTo key: UInt64) {
        // The bound keeps a stream of strangers from growing the table for ever.
        if refused.count >= Self.mostRefused { refused = [] }
        refused.insert(key)
    }

    private mutating func move(to arrival: Duration) {
        self.arrival = arrival
        now = arrival.attoseconds / 1_000_000_000 * messages
    }

    private mutating func key(of message: Message) -> UInt64 {
        switch scope {
        case .sender: message.sender.identity
        case .bridge: number(of: message.sender.bridge)
        case .room:
            Self.isLate(message)
                ? number(of: "\(message.room)\n\(message.sender.bridge)") : number(of: message.room)
        }
    }

    /// A number of our own for a name of the configuration, of which there are only so many.
    private mutating func number(of name: String) -> UInt64 {
        if let lastName, lastName.name == name { return lastName.number }
        let number = numbers[name] ?? UInt64(numbers.count)
        numbers[name] = number
        lastName = (name, number)
        return number
    }

    // Somebody who floods is told the same sentence many times, so it is made once.
    private mutating func refusal(_ lacking: Int128) -> Verdict {
        let nanoseconds = (lacking + messages - 1) / messages
        let seconds = Int64(clamping: (nanoseconds + 999_999_999) / 1_000_000_000)
        if let lastWait, lastWait.seconds == seconds { return lastWait.verdict }
        let time = Duration.spoken(roundingUp: seconds)
        let sentence =
            switch language {
            case .es: "\(rule); espera \(time)"
            case .en: "\(rule); wait \(time)"
            }
        let verdict = Verdict.drop(sentence, code: "rate-limited")
        lastWait = (seconds, verdict)
        return verdict
    }
}
