import MessageBus

/// Chats that are not configured: counted, and each named once.
struct TelegramStrangers {
    private var named: Set<TelegramPlace> = []
    /// Messages ignored.
    private(set) var total = 0

    /// Chats remembered; anybody may write to a bot.
    private static let bound = 1_000

    /// Counts a message; returns what to say the first time.
    mutating func note(_ post: TelegramPost, isChatKnown: Bool) -> String? {
        total += 1
        guard named.count < Self.bound, named.insert(post.place).inserted else { return nil }
        let title = Array(TelegramSpeaker.title(of: post.json["chat"]).utf8).withUnsafeBytes {
            String(
                decoding: TextCleaning.cleaned(repairing: $0, lineEndings: .removed), as: UTF8.self)
        }
        let kind = isChatKnown ? "a topic" : "a chat"
        return """
            messages from \(kind) that is not in "chats" are ignored: \(String(title.prefix(64)).quoted); \
            to let them in, add "\(post.place)": "ROOM"
            """
    }
}

/// Other bots, which may answer one another for ever: so many messages of each, no more.
struct TelegramBots {
    private var buckets: [String: TokenBucket] = [:]
    private var refused: Set<String> = []

    /// Bots remembered.
    private static let bound = 100

    /// Why a bot's message is not taken, nil if it is; empty if it was said already.
    mutating func refusal(of bot: TelegramSpeaker, _ now: Duration) -> String? {
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

/// What was last said by messages that may be edited.
struct RecentTexts {
    private var texts: [String: String] = [:]
    private var order: [String] = []

    /// Messages remembered; older ones are looked up in the store.
    private static let bound = 500

    subscript(id: String) -> String? { texts[id] }

    mutating func note(_ text: String, of id: String) {
        if texts.updateValue(text, forKey: id) == nil { order.append(id) }
        if order.count > Self.bound { texts[order.removeFirst()] = nil }
    }

    /// A text as the bus keeps it.
    static func cleaned(_ text: String) -> String {
        let bytes = Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .kept)
        }
        let count = bytes.lastIndex { $0 != 0x0A }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
