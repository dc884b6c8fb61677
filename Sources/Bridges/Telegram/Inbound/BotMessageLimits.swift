import Chat

/// Other bots, which may answer one another for ever: so many messages of each, no more.
struct BotMessageLimits {
    private var buckets: [String: TokenBucket] = [:]
    private var refused: Set<String> = []

    /// Bots remembered.
    private static let bound = 100

    /// Why a bot's message is not taken, nil if it is; empty if it was said already.
    mutating func refusal(of bot: MessageAuthor, _ now: Duration) -> String? {
        if buckets.count >= Self.bound, buckets[bot.identity] == nil {
            buckets = [:]
            refused = []
        }
        var bucket =
            buckets[bot.identity] ?? TokenBucket(capacity: 30, refill: .seconds(2), now: now)
        defer { buckets[bot.identity] = bucket }
        if bucket.wait(now) == .zero {
            bucket.take(now)
            refused.remove(bot.identity)
            return nil
        }
        guard refused.insert(bot.identity).inserted else { return "" }
        return "the bot \(bot.identity) says more than 30 messages a minute: the rest is left out"
    }
}
