import Chat
import MessageBus

/// Brings what is said on Telegram in: each message once, in order, with how far that is.
///
/// Used by one task.
struct Inbox {
    let settings: BridgeSettings
    let chats: ChatBindings
    /// The bot's own id.
    let me: Int64
    private let blocks: BlockedChats
    private let notices: DropNotices?
    private let onMember: @Sendable (Int64) -> Void
    private(set) var progress: UpdateProgress
    private var pending: [(draft: Draft, recipient: DropNotices.Recipient?)] = []
    private(set) var pendingIDs: Set<String> = []
    private var moves: [Checkpoint] = []
    private var strangers = UnconfiguredChats()
    private var bots = BotMessageLimits()
    private var albums = Albums()
    /// Messages left out because they were for one person.
    private var ephemeral = 0

    /// Makes one.
    ///
    /// - Parameter onMember: told of a chat in which the bot is or may write again.
    init(
        _ settings: BridgeSettings, _ chats: ChatBindings, me: Int64,
        progress: UpdateProgress, _ blocks: BlockedChats, _ notices: DropNotices?,
        onMember: @escaping @Sendable (Int64) -> Void
    ) {
        self.blocks = blocks
        self.notices = notices
        self.settings = settings
        self.chats = chats
        self.me = me
        self.progress = progress
        self.onMember = onMember
    }

    var port: Port { settings.port }

    /// Messages of chats that are not configured.
    var ignored: Int { strangers.total }

    /// Takes updates in; returns when they are kept.
    ///
    /// Nothing that one of them holds keeps the others from being taken.
    ///
    /// - Returns: whether there was anything new.
    /// - Throws: what the store throws; `PortError`; `CancellationError`.
    mutating func take(_ updates: [JSON]) async throws -> Bool {
        let now = await port.now
        let before = progress
        var isNews = false
        for update in updates {
            guard let id = update["update_id"].integer else { continue }
            if id >= before.next ?? 0 { isNews = true }
            let post = Self.post(of: update)
            if post?.isEphemeral == true {
                // It is for one of them alone, and has no number of its own.
                isNews = true
                ephemeral += 1
                if ephemeral == 1 {
                    settings.log.info("ephemeral messages are for one person: they are left out")
                }
                progress.note(update: id, key: nil, at: now)
                continue
            }
            if let post, !progress.has(post.key) {
                isNews = true
                try await take(post)
            } else if update["my_chat_member"].isPresent {
                await noteMembership(update["my_chat_member"])
            }
            progress.note(update: id, key: post?.key, at: now)
        }
        if progress != before { try await flush() }
        return isNews
    }

    private static func post(of update: JSON) -> IncomingMessage? {
        for (kind, isEdit) in [
            ("message", false), ("channel_post", false), ("edited_message", true),
            ("edited_channel_post", true),
        ] where update[kind].isPresent {
            return IncomingMessage(update[kind], isEdit: isEdit)
        }
        return nil
    }

    /// What the bot is to be told of.
    static let kinds: JSON = .list(
        ["message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member"]
            .map { .text($0) })

    mutating func flush() async throws {
        let (drafts, moves) = (pending, moves)
        (pending, pendingIDs, self.moves) = ([], [], [])
        let receipts = try await port.publish(
            drafts.map(\.draft), checkpoints: progress.takeCheckpoints() + moves)
        for ((draft, recipient), receipt) in zip(drafts, receipts) {
            guard case .drop(let reason, let code) = receipt.verdict else { continue }
            settings.log.info("message #\(receipt.number) was dropped: [\(code)] \(reason)")
            if let recipient, let remoteID = draft.origin?.remoteID {
                notices?.note(
                    remoteID, of: recipient, named: port.shownName(draft.name), reason)
            }
        }
    }

    private mutating func noteMembership(_ change: JSON) async {
        guard let chat = change["chat"]["id"].integer, chats.knows(chat: chat) else { return }
        let bindings = chats.bindings.filter { chats.location(of: $0).chat == chat }
        let member = change["new_chat_member"]
        let phrases = settings.phrases
        var obstacle: String?
        switch member["status"].string {
        case "left", "kicked":
            settings.log.warning("the bot is no longer in the chat \(chat): ask it in again")
            obstacle = phrases.telegramIsOut
        case "restricted" where member["is_member"] == .bool(false):
            settings.log.warning("the bot is no longer in the chat \(chat): ask it in again")
            obstacle = phrases.telegramIsOut
        case "restricted" where member["can_send_messages"] == .bool(false):
            settings.log.warning("the bot may not write in the chat \(chat): allow it to")
            obstacle = phrases.telegramIsMuted
        default: break
        }
        for binding in bindings {
            if let obstacle {
                await blocks.shut(binding, in: chat, obstacle, waiting: 0)
            } else {
                await blocks.open(binding)
            }
        }
        if obstacle == nil { onMember(chat) }
    }

    // MARK: - One message

    private mutating func take(_ post: IncomingMessage) async throws {
        noteMove(of: post)
        guard let binding = chats.binding(at: post.location) else {
            if let sentence = strangers.note(
                post, isChatKnown: chats.knows(chat: post.location.chat))
            {
                settings.log.warning(sentence)
            }
            return
        }
        // What a channel says comes into its linked group too; the room has it from the channel.
        if source(of: post.json, in: binding) != nil { return }
        let speaker = post.speaker
        if speaker.user == me { return }
        if settings.relaysNotices, !post.isEdit { takeNotices(of: post, binding) }
        let referred = try await referred(by: post, binding)
        guard let text = settings.wording.text(of: post.json, referred: referred) else { return }
        if speaker.isBot, let sentence = bots.refusal(of: speaker, settings.watch.now()) {
            if !sentence.isEmpty { settings.log.warning(sentence) }
            return
        }
        if post.isEdit, try await !isNews(text, of: post, binding) { return }
        var draft = self.draft(text, of: speaker, binding)
        draft.kind = post.isEdit ? .edit : .message
        draft.origin = Origin(channel: binding.channel, remoteID: post.remoteID)
        draft.isLinked = true
        draft.time = post.time
        draft.attachment = post.attachment
        draft.isContinuation = albums.isContinuation(post, of: speaker)
        draft.reply = try await quotation(of: post, binding)
        draft.hasJudgedReply = true
        // Noted with the draft at once, so that both are kept in one transaction.
        let isPerson = speaker.user != nil && !speaker.isBot
        pending.append(
            (
                draft,
                isPerson
                    ? DropNotices.Recipient(binding: binding, identity: speaker.identity)
                    : nil
            ))
        pendingIDs.insert(post.remoteID)
        progress.texts.note(TextHash(of: text), of: post.remoteID)
    }

    private func draft(
        _ text: String, of speaker: MessageAuthor, _ binding: ChatBindings.Binding
    ) -> Draft {
        var draft = Draft(text, from: speaker.name)
        draft.identity = speaker.identity
        draft.room = binding.room
        draft.origin = Origin(channel: binding.channel)
        return draft
    }

    private mutating func takeNotices(of post: IncomingMessage, _ binding: ChatBindings.Binding) {
        let joined = post.json["new_chat_members"].elements
        let left = [post.json["left_chat_member"]]
        for (people, kind) in [(joined, Message.Kind.join), (left, .leave)] {
            let people = people.filter(\.isObject).map(MessageAuthor.init(person:))
            for person in people where person.user != me {
                var notice = draft("", of: person, binding)
                notice.time = post.time
                notice.kind = kind
                pending.append((notice, nil))
            }
        }
    }

    private mutating func noteMove(of post: IncomingMessage) {
        let move =
            post.migratedTo.map { (post.location.chat, $0) }
            ?? post.migratedFrom.map { ($0, post.location.chat) }
        guard let (from, to) = move, let checkpoint = chats.move(from: from, to: to) else { return }
        moves.append(checkpoint)
        settings.log.warning(GroupMigration(from: from, to: to).sentence)
    }

    /// Whether an edit says something else than what is known: it also comes for what a bot can't
    /// see.
    private func isNews(
        _ text: String, of post: IncomingMessage, _ binding: ChatBindings.Binding
    ) async throws -> Bool {
        guard settings.showsEdits else { return false }
        if let last = progress.texts[post.remoteID] { return last != TextHash(of: text) }
        let numbers = try await port.numbers(of: post.remoteID, in: binding.channel)
        guard let last = numbers.last, let message = try await port.message(numbered: last) else {
            return true
        }
        return message.text != RecentTexts.cleaned(text)
    }
}
