import Chat
import JSON
import MessageBus

/// The incoming half of the bridge: it publishes the messages of updates, each once and in order,
/// together with the progress.
///
/// Owned by the task that polls.
struct TelegramInbox {
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
    private var unconfigured = UnconfiguredChats()
    private var bots = BotMessageLimits()
    private var albums = Albums()
    /// Messages left out because they were for one person.
    private var ephemeral = 0

    /// Makes an inbox.
    ///
    /// - Parameter onMember: called with a chat in which the bot is again, or may write again.
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
    var ignored: Int { unconfigured.total }

    /// Publishes the messages of updates; returns when they are stored.
    ///
    /// A problem with one update does not keep the others from being published.
    ///
    /// - Returns: true if there was anything new.
    /// - Throws: what the store throws; `PortError`; `CancellationError`.
    mutating func publish(_ updates: [JSON]) async throws -> Bool {
        let now = await port.now
        let before = progress
        var isNews = false
        for update in updates {
            guard let id = update["update_id"].integer else { continue }
            if id >= before.next ?? 0 { isNews = true }
            let post = Self.post(of: update)
            if post?.isEphemeral == true {
                // The message is for one person alone, and has no number of its own.
                isNews = true
                ephemeral += 1
                if ephemeral == 1 {
                    settings.log.info("ephemeral messages are for one person: they are left out")
                }
                progress.record(update: id, key: nil, at: now)
                continue
            }
            if let post, !progress.contains(post.key) {
                isNews = true
                try await enqueue(post)
            } else if update["my_chat_member"].isPresent {
                await recordMembership(update["my_chat_member"])
            }
            progress.record(update: id, key: post?.key, at: now)
        }
        if progress != before { try await publishPending() }
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

    /// The kinds of updates that are asked for.
    static let kinds: JSON = .list(
        ["message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member"]
            .map { .text($0) })

    /// Publishes the messages that were enqueued, and keeps the progress.
    mutating func publishPending() async throws {
        let (drafts, moves) = (pending, moves)
        (pending, pendingIDs, self.moves) = ([], [], [])
        let receipts = try await port.publish(
            drafts.map(\.draft), checkpoints: progress.drainCheckpoints() + moves)
        for ((draft, recipient), receipt) in zip(drafts, receipts) {
            guard case .drop(let reason, let code, _) = receipt.verdict else { continue }
            settings.log.info("message #\(receipt.number) was dropped: [\(code)] \(reason)")
            if let recipient, let remoteID = draft.origin?.remoteID {
                notices?.recordDrop(
                    remoteID, of: recipient, named: port.shownName(draft.name), reason)
            }
        }
    }

    private mutating func recordMembership(_ change: JSON) async {
        guard let chat = change["chat"]["id"].integer, chats.knows(chat: chat) else { return }
        let bindings = chats.bindings.filter { chats.location(of: $0).chat == chat }
        let member = change["new_chat_member"]
        let phrases = settings.phrases
        var reason: String?
        switch member["status"].string {
        case "left", "kicked":
            settings.log.warning("the bot is no longer in the chat \(chat): add it again")
            reason = phrases.telegramIsOut
        case "restricted" where member["is_member"] == .bool(false):
            settings.log.warning("the bot is no longer in the chat \(chat): add it again")
            reason = phrases.telegramIsOut
        case "restricted" where member["can_send_messages"] == .bool(false):
            settings.log.warning("the bot may not write in the chat \(chat): allow it to")
            reason = phrases.telegramIsMuted
        default: break
        }
        for binding in bindings {
            if let reason {
                await blocks.recordBlock(binding, in: chat, reason, Backlog())
            } else {
                await blocks.recordOpened(binding)
            }
        }
        if reason == nil { onMember(chat) }
    }

    // MARK: - One message

    private mutating func enqueue(_ post: IncomingMessage) async throws {
        recordMigration(of: post)
        guard let binding = chats.binding(at: post.location) else {
            if let sentence = unconfigured.count(
                post, isChatKnown: chats.knows(chat: post.location.chat))
            {
                settings.log.warning(sentence)
            }
            return
        }
        // A channel's message also comes into its linked group; the room gets it from the channel.
        if forwardOrigin(of: post.json, in: binding) != nil { return }
        let speaker = post.speaker
        if speaker.user == me { return }
        if settings.relaysNotices, !post.isEdit { enqueueNotices(of: post, binding) }
        let referred = try await referred(by: post, binding)
        guard let text = settings.wording.text(of: post.json, referred: referred) else { return }
        if speaker.isBot, let sentence = bots.refusal(of: speaker, settings.time.now()) {
            if !sentence.isEmpty { settings.log.warning(sentence) }
            return
        }
        if post.isEdit, try await !isNews(text, of: post, binding) { return }
        var draft = self.draft(text, of: speaker, binding)
        draft.kind = post.isEdit ? .edit : .message
        draft.origin = Origin(channel: binding.channel, remoteID: post.remoteID)
        draft.isLinked = true
        // In a channel nobody can tell that a message is from a bot.
        draft.isAutomatic =
            speaker.isBot || speaker.user == nil && RelayMark.isRepeated(in: text)
        draft.time = post.time
        draft.attachment = post.attachment
        draft.isContinuation = albums.isContinuation(post, of: speaker)
        draft.reply = try await quotation(of: post, binding)
        draft.hasJudgedReply = true
        // Recorded together with the draft, so that both are stored in one transaction.
        let isPerson = speaker.user != nil && !speaker.isBot
        pending.append(
            (
                draft,
                isPerson
                    ? DropNotices.Recipient(binding: binding, identity: speaker.identity)
                    : nil
            ))
        pendingIDs.insert(post.remoteID)
        progress.texts.record(TextHash(of: text), of: post.remoteID)
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

    private mutating func enqueueNotices(of post: IncomingMessage, _ binding: ChatBindings.Binding)
    {
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

    private mutating func recordMigration(of post: IncomingMessage) {
        let move =
            post.migratedTo.map { (post.location.chat, $0) }
            ?? post.migratedFrom.map { ($0, post.location.chat) }
        guard let (from, to) = move, let checkpoint = chats.move(from: from, to: to) else { return }
        moves.append(checkpoint)
        settings.log.warning(GroupMigration(from: from, to: to).sentence)
    }

    /// Returns true if an edit has another text than the one that is known: edits also come for
    /// changes that a bot can't see.
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
