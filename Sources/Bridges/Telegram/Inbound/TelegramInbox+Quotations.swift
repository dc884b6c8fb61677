import Chat
import JSON
import MessageBus

// Quotations of the message that another one answers: as the log has it, or in Telegram's words
// once the chains have judged them.
extension TelegramInbox {
    /// The bus's knowledge of a message of Telegram's.
    private enum Known {
        case said(Message)
        case dropped
        case nothing
    }

    /// A text of Telegram's that is quoted, with its author.
    private struct OutsideWords {
        let name: String
        let identity: String?
        /// True if readers know the name as it stands.
        var isNamedAsShown = false
        /// All of the text, as far as it is known.
        let whole: String
        /// The part of the text that somebody has chosen to quote.
        let part: String?
    }

    /// Returns the quotation of the message that another one answers; nil if nothing of it is known
    /// or may be read.
    mutating func quotation(
        of post: IncomingMessage, _ binding: ChatBindings.Binding
    ) async throws -> Quotation? {
        if let answered = post.answered {
            return try await quotation(of: answered, post.json["quote"], binding)
        }
        if post.json["external_reply"]["origin"].isPresent {
            return try await distantQuotation(of: post.json, binding)
        }
        let story = post.json["reply_to_story"]["chat"]
        guard story.isPresent else { return nil }
        let words = OutsideWords(
            name: MessageAuthor.title(of: story), identity: Self.identity(of: story),
            whole: "[\(settings.phrases.story)]", part: nil)
        return await quotation(words, binding)
    }

    /// Returns as much as may be shown of the message that another one is about.
    mutating func referred(
        by post: IncomingMessage, _ binding: ChatBindings.Binding
    ) async throws -> MessageWording.Referred {
        guard let message = MessageWording.referred(in: post.json),
            // The message may be gone; then none of it is included.
            message["date"].integer ?? 0 > 0
        else { return MessageWording.Referred() }
        var draft = Draft("", from: "")
        draft.room = binding.room
        draft.reply = try await quotation(of: message, .null, binding)
        draft.hasJudgedReply = true
        guard let quotation = try await port.settledQuotation(of: draft) else {
            return MessageWording.Referred()
        }
        let text = settings.wording.text(of: message) ?? ""
        draft.text = text
        let speaker = MessageAuthor(of: message)
        (draft.name, draft.identity) = (speaker.name, speaker.identity)
        draft.reply = nil
        let isWhole = await port.judged(draft) == RecentTexts.cleaned(text)
        return MessageWording.Referred(excerpt: quotation.excerpt, isWhole: isWhole)
    }

    private mutating func quotation(
        of answered: JSON, _ quote: JSON, _ binding: ChatBindings.Binding
    ) async throws -> Quotation? {
        // A message for one person alone is quoted to nobody.
        guard let id = answered["message_id"].integer, !IncomingMessage.isEphemeral(answered) else {
            return nil
        }
        let chat = answered["chat"]["id"].integer ?? chats.location(of: binding).chat
        var remoteID = IncomingMessage.remoteID(chat: chat, id: id)
        var channels = [binding.channel] + chats.channels(of: chat)
        if let origin = forwardOrigin(of: answered, in: binding) {
            (channels, remoteID) = ([origin.channel], origin.remoteID ?? remoteID)
        }
        switch try await find(remoteID, in: channels, quote) {
        case .said(let message):
            return Quotation(
                number: message.number, name: message.sender.name, excerpt: message.text)
        case .dropped: return nil
        case .nothing:
            guard let words = words(of: answered, quote) else { return nil }
            return await quotation(words, binding)
        }
    }

    /// Returns the bus's knowledge of the message that has a name in one of some channels.
    private mutating func find(
        _ remoteID: String, in channels: [String], _ quote: JSON
    ) async throws -> Known {
        // Only published messages can be found.
        if pendingIDs.contains(remoteID) { try await publishPending() }
        for channel in channels {
            var messages: [Message] = []
            for number in try await port.numbers(of: remoteID, in: channel) {
                if let message = try await port.message(numbered: number) {
                    messages.append(message)
                }
            }
            guard let first = messages.first, let last = messages.last else { continue }
            // A message from there may have been corrected; one sent there may have been joined
            // with others.
            let isTheirs = first.sender.bridge == port.name && first.origin?.remoteID == remoteID
            return .said(
                isTheirs ? last : messages[settings.composer.index(of: quote, in: messages)])
        }
        for channel in channels where try await port.wasDropped(remoteID, in: channel) {
            return .dropped
        }
        return .nothing
    }

    /// Returns the channel of the same room from which Telegram has forwarded a message, and the
    /// message's name there; nil if there is none.
    func forwardOrigin(
        of json: JSON, in binding: ChatBindings.Binding
    ) -> (channel: String, remoteID: String?)? {
        guard let origin = IncomingMessage.forwardOrigin(of: json),
            let channel = chats.binding(at: origin.location), channel != binding,
            channel.room == binding.room
        else { return nil }
        return (channel.channel, origin.remoteID)
    }

    // MARK: - In Telegram's words

    /// Returns the text that Telegram shows of a message that is answered; nil if it shows none.
    private func words(of answered: JSON, _ quote: JSON) -> OutsideWords? {
        let speaker = MessageAuthor(of: answered)
        let quoted = settings.wording.rendered(quote, "text", "entities")
        // A message that the bot can't see comes with its number only, and no date.
        if quoted == nil, answered["date"].integer == 0 { return nil }
        let text = settings.wording.text(of: answered) ?? ""
        if speaker.user == me, let line = settings.composer.relayedLine(in: text, quote: quote) {
            return OutsideWords(
                name: line.name, identity: nil, isNamedAsShown: true, whole: line.text,
                part: quoted == nil ? nil : line.quoted)
        }
        return OutsideWords(
            name: speaker.name, identity: speaker.identity,
            // If nothing of it is shown, there is no word for its kind either.
            whole: answered["date"].integer == 0 ? "" : text, part: quoted)
    }

    /// Returns the quotation of a message in another chat or topic; nil if nothing of it is known
    /// or may be read.
    private mutating func distantQuotation(
        of json: JSON, _ binding: ChatBindings.Binding
    ) async throws -> Quotation? {
        let reply = json["external_reply"]
        if let chat = reply["chat"]["id"].integer, let id = reply["message_id"].integer {
            let remoteID = IncomingMessage.remoteID(chat: chat, id: id)
            switch try await find(remoteID, in: chats.channels(of: chat), json["quote"]) {
            case .said(let message):
                return Quotation(
                    number: message.number, name: message.sender.name, excerpt: message.text)
            case .dropped: return nil
            case .nothing: break
            }
        }
        let origin = reply["origin"]
        let person = MessageAuthor(person: origin["sender_user"])
        let chat = origin["sender_chat"].isPresent ? origin["sender_chat"] : origin["chat"]
        let names = [
            origin["sender_user_name"].nonEmptyString, person.name, MessageAuthor.title(of: chat),
        ]
        let name = names.compactMap(\.self).first { !$0.isEmpty } ?? ""
        let words = OutsideWords(
            name: name, identity: person.user != nil ? person.identity : Self.identity(of: chat),
            whole: settings.wording.kind(of: reply) ?? "",
            part: settings.wording.rendered(json["quote"], "text", "entities"))
        return await quotation(words, binding)
    }

    private static func identity(of chat: JSON) -> String? {
        chat["id"].integer.map { "chat:\($0)" }
    }

    /// Returns the quotation as the chains leave it; nil if they drop it.
    private func quotation(
        _ words: OutsideWords, _ binding: ChatBindings.Binding
    ) async -> Quotation? {
        guard let excerpt = await judged(words, binding) else { return nil }
        let name =
            words.isNamedAsShown
            ? words.name : port.shownName(await judgedName(words, binding))
        return Quotation(number: 0, name: name, excerpt: excerpt)
    }

    /// Returns the author's name; empty if the chains would drop it as a message: a name that
    /// nobody here has seen may be a sentence.
    private func judgedName(
        _ words: OutsideWords, _ binding: ChatBindings.Binding
    ) async -> String {
        var draft = Draft(words.name, from: words.name)
        draft.identity = words.identity
        draft.room = binding.room
        return await port.judged(draft) == nil ? "" : words.name
    }

    /// Returns the excerpt as the chains leave it; nil if they drop it.
    ///
    /// All of the text is judged, for a part of a secret need not look like one.
    private func judged(_ words: OutsideWords, _ binding: ChatBindings.Binding) async -> String? {
        var draft = Draft(words.whole, from: words.name)
        draft.identity = words.identity
        draft.room = binding.room
        if !words.whole.isEmpty {
            let left = await port.judged(draft, isShownName: words.isNamedAsShown)
            guard let left else { return nil }
            guard let part = words.part, left == RecentTexts.cleaned(words.whole) else {
                return left
            }
            if left.contains(RecentTexts.cleaned(part)) { return part }
        }
        // Of some messages, only the author is known.
        draft.text = words.part ?? "[\(settings.phrases.someMessage)]"
        return await port.judged(draft, isShownName: words.isNamedAsShown)
    }
}
