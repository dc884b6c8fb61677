import Chat

/// The limits on the messages of other bots, which might otherwise answer one another for ever.
struct BotMessageLimits {
    private var buckets: [String: TokenBucket] = [:]
    private var refused: Set<String> = []

    /// The most bots remembered.
    private static let bound = 100

    /// Counts a bot's message; returns nil if it is within the limit, else the sentence to log,
    /// which is empty if it was logged already.
    mutating func refusal(of bot: MessageAuthor, _ now: Duration) -> String? {
        if buckets.count >= Self.bound, buckets[bot.identity] == nil {
            buckets = [:]
            refused = []
        }
        var bucket =
            buckets[bot.identity] ?? TokenBucket(capacity: 30, refill: .seconds(2), now: now)
        defer { buckets[bot.identity] = bucket }
        if bucket.timeToNext(now) == .zero {
            bucket.spend(now)
            refused.remove(bot.identity)
            return nil
        }
        guard refused.insert(bot.identity).inserted else { return "" }
        return "the bot \(bot.identity) sends more than 30 messages a minute: the rest is left out"
    }
}
