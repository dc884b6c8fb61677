import MessageBus

/// A middleware that drops messages of senders who send too many in too short a time.
///
/// A token bucket: it holds up to `burst` messages and gains `messages` in `per`. Dropped messages
/// take nothing out of it. Time is the time of writing, as far as that is known.
package struct Limit: CopyableMiddleware {
    /// The options of `limit`.
    package struct Options: PluginOptions {
        @Option("The number of messages allowed in the time of `per`.", in: 1...)
        package var messages = 20
        @Option("The time that `messages` is counted in.", above: .zero)
        package var per = Duration.seconds(10)
        @Option(
            "The number of messages allowed at once; as `messages` if left out.",
            absent: "as messages", in: 1...)
        package var burst: Int?
        @Option("The messages counted together: those of a sender, a bridge or a room.")
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

        /// Warns of kinds of messages that can't be dropped.
        package func validate(_ check: inout OptionCheck) {
            check.warnAboutLeaves(unlessOthers: true)
        }
    }

    /// The messages that are counted together.
    package enum Scope: String, Sendable, CaseIterable, OptionValue {
        /// Those of a connection or an account, whatever its name.
        case sender
        /// Those of a bridge.
        case bridge
        /// Those of a room.
        case room
    }

    private let messages: Int128
    private let scope: Scope
    private let rule: String
    private let language: Language
    private var buckets: Buckets
    /// The buckets of accounts that speak for others, each five times as large as the bucket of one
    /// sender.
    private var relays: Buckets
    /// Keys whose last message was refused, of bridges that have albums.
    private var refused: Set<UInt64> = []
    private var now: Int128 = 0
    private var arrival: Duration?
    private var numbers: [String: UInt64] = [:]
    private var lastName: (name: String, number: UInt64)?
    private var lastWait: (seconds: Int64, verdict: Verdict)?

    /// The factor by which all senders that an account speaks for may send more than one sender
    /// may.
    private static let relayFactor: Int128 = 5
    /// The most keys in `refused`.
    private static let maxRefused = 10_000
    // The buckets count in plain numbers, not durations: that is done for each message, and a
    // sender who is refused must not cost more than one who passes.
    private static let attosecondsPerNanosecond: Int128 = 1_000_000_000
    private static let nanosecondsPerSecond: Int128 = 1_000_000_000

    /// Makes a limit with full buckets.
    package init(_ options: Options, _ context: Context) {
        messages = Int128(options.messages)
        scope = options.by
        language = context.language
        // At most 2^62 ns (a hundred years) times 2^63 messages: there is always room for two.
        let period = options.per.attoseconds / Self.attosecondsPerNanosecond
        let burst = options.burst ?? options.messages
        buckets = Buckets(cost: period, capacity: period * Int128(burst))
        relays = Buckets(
            cost: period, capacity: period * min(Int128(burst), 1 << 60) * Self.relayFactor)
        let count = options.messages
        let time = options.per.spoken
        rule = language.wording(
            es: "\(count) mensaje\(count == 1 ? "" : "s") cada \(time)",
            en: "\(count) message\(count == 1 ? "" : "s") every \(time)")
    }

    /// Takes all messages of a batch by one sender out of the bucket at once, if it holds enough.
    package mutating func judge(_ batch: Batch) {
        if let sender = batch.onlySender, let first = batch.first, !first.isQuotation,
            batch.isOfOneMoment, sender.relay == 0 || scope != .sender
        {
            if first.arrival != arrival { move(to: first.arrival) }
            let key = scope == .sender ? sender.identity : key(of: first)
            if buckets.spend(key, times: batch.count, at: now) { return }
        }
        judgeEach(batch)
    }

    /// Drops a message if its bucket is empty.
    package mutating func handle(_ message: inout Message) -> Verdict {
        if message.isQuotation { return .pass }
        let moment = moment(of: message)
        if moment != arrival { move(to: moment) }
        let key = key(of: message)
        // An album counts once: its other pictures share the verdict of the first.
        if message.isContinuation, !refused.contains(key) { return .pass }
        let lacking = spend(key, for: message.sender)
        if lacking > 0 {
            if message.origin != nil { rememberRefusal(of: key) }
            return refusal(lacking)
        }
        if !refused.isEmpty { refused.remove(key) }
        return .pass
    }

    /// Takes a message out of its bucket, and out of that of the account that speaks for its
    /// sender; returns 0, or how much either lacks.
    private mutating func spend(_ key: UInt64, for sender: Sender) -> Int128 {
        let lacking = buckets.spend(key, at: now)
        guard lacking == 0, scope == .sender, sender.relay != 0 else { return lacking }
        let lackingOfAll = relays.spend(sender.relay, at: now * Self.relayFactor)
        return (lackingOfAll + Self.relayFactor - 1) / Self.relayFactor
    }

    /// Returns the time at which a message counts: when it was written.
    ///
    /// In a room others have spoken since, so late messages are counted separately.
    private func moment(of message: Message) -> Duration {
        let moment = message.moment
        return scope == .room && !Self.isLate(message) ? message.arrival : moment
    }

    /// Returns true if a message was under way for longer than a network takes.
    private static func isLate(_ message: Message) -> Bool {
        message.arrival - message.moment > .seconds(5)
    }

    private mutating func rememberRefusal(of key: UInt64) {
        // The bound keeps a stream of strangers from growing the table without end.
        if refused.count >= Self.maxRefused { refused = [] }
        refused.insert(key)
    }

    private mutating func move(to arrival: Duration) {
        self.arrival = arrival
        now = arrival.attoseconds / Self.attosecondsPerNanosecond * messages
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

    /// Returns a number for a name of the configuration, of which there are few.
    private mutating func number(of name: String) -> UInt64 {
        if let lastName, lastName.name == name { return lastName.number }
        let number = numbers[name] ?? UInt64(numbers.count)
        numbers[name] = number
        lastName = (name, number)
        return number
    }

    // A flooder is told the same sentence many times, so it is made once.
    private mutating func refusal(_ lacking: Int128) -> Verdict {
        let nanoseconds = (lacking + messages - 1) / messages
        let second = Self.nanosecondsPerSecond
        let seconds = Int64(clamping: (nanoseconds + second - 1) / second)
        if let lastWait, lastWait.seconds == seconds { return lastWait.verdict }
        let time = Duration.spoken(roundingUp: seconds)
        let sentence = language.wording(
            es: "\(rule); espera \(time)", en: "\(rule); wait \(time)")
        let verdict = Verdict.drop(
            sentence, code: "rate-limited", retryAfter: .seconds(seconds))
        lastWait = (seconds, verdict)
        return verdict
    }
}
