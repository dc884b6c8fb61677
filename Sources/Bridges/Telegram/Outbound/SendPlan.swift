import Chat
import JSON
import MessageBus

/// A message to a chat as Telegram is sent it, in one or several parts.
///
/// It is stored before it is sent, so that whatever changes meanwhile, the same text is sent again,
/// and the next part fits the parts that have arrived.
struct SendPlan: Sendable, Equatable {
    /// The number of the last message in it.
    let last: MessageNumber
    /// The parts that have not arrived yet, the next one first; each is a message of Telegram's.
    private(set) var parts: [String]
    /// Telegram's name for the message that the next part answers, in the chat where it was
    /// planned.
    private(set) var replyTo: String?
    /// The number of parts that are done with.
    private(set) var done = 0
    /// Telegram's names for those parts, as far as it gave them; each includes its chat, since a
    /// chat may move in between.
    private(set) var remoteIDs: [String] = []
    /// True if the next part may have been sent when this was kept.
    var isUnderWay = true

    init(last: MessageNumber, parts: [String], replyTo: String? = nil) {
        self.last = last
        self.parts = parts
        self.replyTo = replyTo
    }

    /// Returns the id of the message that the next part answers in a chat.
    func target(in chat: Int64) -> Int64? {
        replyTo.flatMap { IncomingMessage.id(of: $0, in: chat) }
    }

    /// Returns the plan that is left when the next part is done with.
    ///
    /// - Parameter remoteID: Telegram's name for the part, if it has arrived and that is known.
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

    /// Reads what the store has kept; nil if it is not a plan.
    init?(_ state: [UInt8]) {
        guard let json = JSONReader.read(state), let done = json["done"].integer,
            let last = json["last"].string.flatMap({ MessageNumber($0) })
        else { return nil }
        self.last = last
        self.done = Int(done)
        parts = json["parts"].elements.compactMap(\.string)
        replyTo = json["replyTo"].string
        remoteIDs = json["remoteIDs"].elements.compactMap(\.string)
        isUnderWay = json["isUnderWay"].isTrue
        if parts.isEmpty { return nil }
    }

    /// Returns the checkpoint's key for a chat.
    static func checkpointKey(_ channel: String) -> String { "sending \(channel)" }

    /// Returns what the store is to keep.
    func checkpoint(for channel: String) -> Checkpoint {
        let json = JSON.object([
            "last": .text("\(last)"), "done": .integer(Int64(done)),
            "parts": .list(parts.map { .text($0) }), "replyTo": replyTo.map { .text($0) } ?? .null,
            "remoteIDs": .list(remoteIDs.map { .text($0) }), "isUnderWay": .bool(isUnderWay),
        ])
        return Checkpoint(key: Self.checkpointKey(channel), state: json.encoded)
    }
}
