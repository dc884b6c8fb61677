import Chat
import MessageBus
import Locking

/// Tells the rooms that a chat takes nothing from the bot, or nothing for a while, or that Telegram
/// brings nothing in for a while: once each time, and when that is over and what had waited for it
/// is delivered.
///
/// Safe from any thread.
final class BlockedChats: Sendable {
    private struct Block {
        let room: String
        /// The chat; nil: it is the poll that is held up.
        let chat: Int64?
        /// When it began.
        let since: Duration
        /// Whether the room knows.
        var isTold = false
        /// Messages that waited when it was last looked.
        var waiting = 0
        /// Of those that waited when the chat took messages again, so many wait yet.
        var owed: Int?
        var delivered = 0
    }

    private let settings: BridgeSettings
    private let isOn: Bool
    /// By what the bus calls the chat, and by room where it is the poll.
    private let blocks = Locked<[String: Block]>([:])

    /// How long a flood lasts before anybody is told, as with outages.
    private static let longEnough = Duration.seconds(30)

    /// - Parameter isOn: whether anybody is told.
    init(_ settings: BridgeSettings, isOn: Bool) {
        self.settings = settings
        self.isOn = isOn
    }

    /// A chat takes nothing from the bot.
    ///
    /// - Parameter reason: in words of people.
    func shut(
        _ binding: ChatBindings.Binding, in chat: Int64, _ reason: String, waiting: Int,
        isMore: Bool = false
    ) async {
        let isNews = note(
            binding.channel, binding.room, chat, waiting: waiting, isLong: { _ in true })
        guard isNews else { return }
        let phrases = settings.phrases
        await tell(phrases.telegramTakesNothing(reason, waiting: waiting, isMore), in: binding.room)
    }

    /// A chat takes nothing for so long.
    func flood(
        _ binding: ChatBindings.Binding, in chat: Int64, for pause: Duration, waiting: Int,
        isMore: Bool = false
    ) async {
        let now = settings.watch.now()
        let isNews = note(binding.channel, binding.room, chat, waiting: waiting) {
            now + pause - $0 > Self.longEnough
        }
        guard isNews else { return }
        let phrases = settings.phrases
        await tell(phrases.telegramPauses(pause, waiting: waiting, isMore), in: binding.room)
    }

    /// Telegram brings nothing in for so long.
    func floodOfPoll(for pause: Duration, in rooms: [String]) async {
        let now = settings.watch.now()
        for room in rooms {
            let isNews = note(Self.poll(of: room), room, nil, waiting: 0) {
                now + pause - $0 > Self.longEnough
            }
            if isNews { await tell(settings.phrases.telegramBringsNothing(for: pause), in: room) }
        }
    }

    /// Telegram can be asked again.
    func pollGoesOn(in rooms: [String]) async {
        for room in rooms { await end(Self.poll(of: room)) { _ in true } }
    }

    /// No chat is called so.
    private static func poll(of room: String) -> String { "poll \(room)" }

    /// Notes a block; returns whether the room is to be told now.
    private func note(
        _ key: String, _ room: String, _ chat: Int64?, waiting: Int, isLong: (Duration) -> Bool
    ) -> Bool {
        guard isOn else { return false }
        let now = settings.watch.now()
        return blocks.withLock { blocks in
            var block = blocks[key] ?? Block(room: room, chat: chat, since: now)
            block.waiting = waiting
            block.owed = nil
            defer { blocks[key] = block }
            guard !block.isTold, isLong(block.since) else { return false }
            block.isTold = true
            // The topics of one chat say it once in a room.
            return !Self.isKnown(block, in: blocks)
        }
    }

    private static func isKnown(_ block: Block, in blocks: [String: Block]) -> Bool {
        blocks.values.contains { $0.isTold && $0.room == block.room && $0.chat == block.chat }
    }

    /// So many were delivered to a chat, and so many wait yet.
    func note(delivered: Int, waiting: Int, to binding: ChatBindings.Binding) async {
        await end(binding.channel) { block in
            let owed = block.owed ?? delivered + waiting
            block.delivered += min(delivered, owed)
            block.owed = owed - delivered
            return owed <= delivered || waiting == 0
        }
    }

    /// The bot may write in a chat again; who has something to send finds out by itself.
    func open(_ binding: ChatBindings.Binding) async {
        await end(binding.channel) { $0.waiting == 0 && $0.owed == nil }
    }

    private func end(_ key: String, _ isOver: (inout Block) -> Bool) async {
        let now = settings.watch.now()
        let ended = blocks.withLock { blocks -> Block? in
            guard var block = blocks[key] else { return nil }
            guard isOver(&block) || !block.isTold else {
                blocks[key] = block
                return nil
            }
            blocks[key] = nil
            return block.isTold && !Self.isKnown(block, in: blocks) ? block : nil
        }
        guard let ended else { return }
        let phrases = settings.phrases
        let sentence =
            ended.chat == nil
            ? phrases.telegramBrings
            : phrases.telegramTakes(delivered: ended.delivered, late: now - ended.since)
        await tell(sentence, in: ended.room)
    }

    private func tell(_ sentence: String, in room: String) async {
        var draft = Draft(sentence, from: settings.phrases.server)
        draft.isFromBus = true
        draft.room = room
        // While the bus stops nobody is told anything any more.
        _ = try? await settings.port.publish(draft)
    }
}
