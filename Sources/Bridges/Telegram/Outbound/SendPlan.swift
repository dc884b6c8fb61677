import Chat
import MessageBus

/// What is on its way to a chat, as it stands there: kept before it is sent, so that whatever changes
/// meanwhile, the same is sent again, and what comes after it fits to what has arrived.
struct SendPlan: Sendable, Equatable {
    /// The number of the last message in it.
    let last: UInt64
    /// What has not arrived yet: messages of Telegram's, the next one first.
    private(set) var parts: [String]
    /// What the next one answers; it is called so in the chat where it was planned.
    private(set) var replyTo: String?
    /// How many parts are done with.
    private(set) var done = 0
    /// What those are called by Telegram, as far as it said so; a chat may move meanwhile, so each
    /// with its chat.
    private(set) var remoteIDs: [String] = []
    /// Whether the next part may have been sent when this was kept.
    var isUnderWay = true

    init(last: UInt64, parts: [String], replyTo: String? = nil) {
        self.last = last
        self.parts = parts
        self.replyTo = replyTo
    }

    /// What the next part answers in a chat, by Telegram's number.
    func target(in chat: Int64) -> Int64? {
        replyTo.flatMap { IncomingMessage.id(of: $0, in: chat) }
    }

    /// What is left when the next part is done with.
    ///
    /// - Parameter remoteID: what it is called, if it has arrived and that is known.
    func next(after remoteID: String?) -> SendPlan {
        var next = self
        next.parts = Array(parts.dropFirst())
        next.replyTo = nil
        next.done += 1
        if let remoteID { next.remoteIDs.append(remoteID) }
        next.isUnderWay = false
        return next
    }

    // MARK: - In the store

    /// Reads what the store has kept; nil if it is no plan.
    init?(_ state: [UInt8]) {
        guard let json = JSONReader.read(state), let done = json["done"].integer,
            let last = json["last"].string.flatMap({ UInt64($0) })
        else { return nil }
        self.last = last
        self.done = Int(done)
        parts = json["parts"].elements.compactMap(\.string)
        replyTo = json["replyTo"].string
        remoteIDs = json["remoteIDs"].elements.compactMap(\.string)
        isUnderWay = json["isUnderWay"].isTrue
        if parts.isEmpty { return nil }
    }

    /// What the store knows the plan for a chat by.
    static func source(_ channel: String) -> String { "sending \(channel)" }

    func checkpoint(for channel: String) -> Checkpoint {
        let json = JSON.object([
            "last": .text("\(last)"), "done": .integer(Int64(done)),
            "parts": .list(parts.map { .text($0) }), "replyTo": replyTo.map { .text($0) } ?? .null,
            "remoteIDs": .list(remoteIDs.map { .text($0) }), "isUnderWay": .bool(isUnderWay),
        ])
        return Checkpoint(source: Self.source(channel), state: json.encoded)
    }
}
