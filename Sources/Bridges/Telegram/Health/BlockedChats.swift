import Chat
import MessageBus
import Locking

/// The chats that take nothing from the bot, for good or for a while, and the poll if Telegram
/// brings nothing in for a while.
///
/// The rooms are told once each time, and again when the block is over and the messages that waited
/// are delivered.
///
/// Owned by the relay; safe from any thread.
final class BlockedChats: Sendable {
    private struct Block {
        let room: String
        /// The chat; nil if it is the poll that is held up.
        let chat: Int64?
        /// The time at which it began.
        let since: Duration
        /// True if the room was told.
        var isTold = false
        /// The messages that waited when it was last recorded.
        var backlog = Backlog()
        /// The messages that waited for the end of the block.
        var late = LateMessages()
    }

    private let settings: BridgeSettings
    private let isOn: Bool
    /// The blocks by the bus's name for the chat, or by room if it is the poll's.
    private let blocks = Locked<[String: Block]>([:])

    /// The length of a flood before anybody is told, as with outages.
    private static let announcementDelay = Duration.seconds(30)

    /// Makes a record of no blocks.
    ///
    /// - Parameter isOn: true if the rooms are to be told.
    init(_ settings: BridgeSettings, isOn: Bool) {
        self.settings = settings
        self.isOn = isOn
    }

    /// Records that a chat takes nothing from the bot.
    ///
    /// - Parameter reason: the reason, worded for people.
    func recordBlock(
        _ binding: ChatBindings.Binding, in chat: Int64, _ reason: String, _ backlog: Backlog
    ) async {
        let isNews = begin(binding.channel, binding.room, chat, backlog, isLong: { _ in true })
        guard isNews else { return }
        let sentence = settings.phrases.telegramTakesNothing(
            reason, waiting: backlog.count, backlog.hasMore)
        await publish(sentence, in: binding.room)
    }

    /// Records that a chat takes nothing for a time.
    func recordFlood(
        _ binding: ChatBindings.Binding, in chat: Int64, for pause: Duration, _ backlog: Backlog
    ) async {
        let now = settings.time.now()
        let isNews = begin(binding.channel, binding.room, chat, backlog) {
            now + pause - $0 > Self.announcementDelay
        }
        guard isNews else { return }
        let sentence = settings.phrases.telegramPauses(
            pause, waiting: backlog.count, backlog.hasMore)
        await publish(sentence, in: binding.room)
    }

    /// Records that Telegram brings nothing in for a time.
    func recordPollFlood(for pause: Duration, in rooms: [String]) async {
        let now = settings.time.now()
        for room in rooms {
            let isNews = begin(Self.poll(of: room), room, nil, Backlog()) {
                now + pause - $0 > Self.announcementDelay
            }
            guard isNews else { continue }
            await publish(settings.phrases.telegramBringsNothing(for: pause), in: room)
        }
    }

    /// Records that the poll was answered.
    func recordPoll(in rooms: [String]) async {
        for room in rooms { await end(Self.poll(of: room)) { _ in true } }
    }

    /// Returns the key for the poll; no chat has such a name.
    private static func poll(of room: String) -> String { "poll \(room)" }

    /// Records a block; returns true if the room is to be told now.
    ///
    /// - Parameter isLong: returns whether a block that began at a time is long enough for that.
    private func begin(
        _ key: String, _ room: String, _ chat: Int64?, _ backlog: Backlog,
        isLong: (Duration) -> Bool
    ) -> Bool {
        guard isOn else { return false }
        let now = settings.time.now()
        return blocks.withLock { blocks in
            var block = blocks[key] ?? Block(room: room, chat: chat, since: now)
            block.backlog = backlog
            block.late.begin()
            defer { blocks[key] = block }
            guard !block.isTold, isLong(block.since) else { return false }
            block.isTold = true
            // If several topics of one chat belong to a room, it is told only once.
            return !Self.isTold(block, in: blocks)
        }
    }

    /// Returns true if the room of a block was told of another one of the same chat.
    private static func isTold(_ block: Block, in blocks: [String: Block]) -> Bool {
        blocks.values.contains { $0.isTold && $0.room == block.room && $0.chat == block.chat }
    }

    /// Records messages that a chat's outbox is done with.
    ///
    /// - Parameters:
    ///   - numbers: the numbers of those that were delivered.
    ///   - backlog: what waits now.
    func recordDelivery(
        _ numbers: [MessageNumber], _ backlog: Backlog, to binding: ChatBindings.Binding
    ) async {
        await end(binding.channel) { block in
            block.late.record(numbers, backlog)
            return !block.late.isPending(in: backlog)
        }
    }

    /// Records that the bot may write in a chat again; if something waits, its outbox finds out.
    func recordOpened(_ binding: ChatBindings.Binding) async {
        await end(binding.channel) { $0.backlog.count == 0 && $0.late.isUntouched }
    }

    /// Ends a block if it is over, and tells the room if the room knew of it.
    private func end(_ key: String, _ isOver: (inout Block) -> Bool) async {
        let now = settings.time.now()
        let ended = blocks.withLock { blocks -> Block? in
            guard var block = blocks[key] else { return nil }
            guard isOver(&block) || !block.isTold else {
                blocks[key] = block
                return nil
            }
            blocks[key] = nil
            return block.isTold && !Self.isTold(block, in: blocks) ? block : nil
        }
        guard let ended else { return }
        let phrases = settings.phrases
        let sentence =
            ended.chat == nil
            ? phrases.telegramBrings
            : phrases.telegramTakes(delivered: ended.late.delivered, late: now - ended.since)
        await publish(sentence, in: ended.room)
    }

    private func publish(_ sentence: String, in room: String) async {
        // While the bus stops nobody is told anything any more.
        _ = try? await settings.port.announce(sentence, in: room)
    }
}
