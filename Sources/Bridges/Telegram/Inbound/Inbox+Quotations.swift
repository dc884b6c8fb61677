import Chat
import MessageBus

// What a message answers: as the log has it, or in Telegram's words once the chains have judged them.
extension Inbox {
    /// What the bus knows of a message of Telegram's.
    private enum Known {
        case said(Message)
        case dropped
        case nothing
    }

    /// Words of Telegram's that are quoted, and who said them.
    private struct OutsideWords {
        let name: String
        let identity: String?
        /// Whether readers know the name as it stands.
        var isNamedAsShown = false
        /// All that was said, as far as it is known.
        let whole: String
        /// What somebody has chosen of it.
        let part: String?
    }

    /// What a message answers; nil if nothing of it is known or may be read.
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
        let phrases = OutsideWords(
            name: MessageAuthor.title(of: story), identity: Self.identity(of: story),
            whole: "[\(settings.phrases.story)]", part: nil)
        return await quotation(phrases, binding)
    }

    /// What may be read of the message that another one tells of.
    mutating func referred(
        by post: IncomingMessage, _ binding: ChatBindings.Binding
    ) async throws -> MessageWording.Referred {
        guard let message = MessageWording.referred(in: post.json),
            // It may be gone; then nothing of it is there.
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
        // What is for one person alone is quoted to nobody.
        guard let id = answered["message_id"].integer, !IncomingMessage.isEphemeral(answered) else {
            return nil
        }
        let chat = answered["chat"]["id"].integer ?? chats.location(of: binding).chat
        var remoteID = IncomingMessage.remoteID(chat: chat, id: id)
        var channels = [binding.channel] + chats.channels(of: chat)
        if let source = source(of: answered, in: binding) {
            (channels, remoteID) = ([source.channel], source.remoteID ?? remoteID)
        }
        switch try await look(for: remoteID, in: channels, quote) {
        case .said(let message):
            return Quotation(
                number: message.number, name: message.sender.name, excerpt: message.text)
        case .dropped: return nil
        case .nothing:
            guard let phrases = phrases(of: answered, quote) else { return nil }
            return await quotation(phrases, binding)
        }
    }

    /// What the bus knows of a message that is called so in one of some channels.
    private mutating func look(
        for remoteID: String, in channels: [String], _ quote: JSON
    ) async throws -> Known {
        // Only what has been said can be found.
        if pendingIDs.contains(remoteID) { try await flush() }
        for channel in channels {
            var messages: [Message] = []
            for number in try await port.numbers(of: remoteID, in: channel) {
                if let message = try await port.message(numbered: number) {
                    messages.append(message)
                }
            }
            guard let first = messages.first, let last = messages.last else { continue }
            // What came from there may have been corrected; what went there may have been joined.
            let isTheirs = first.sender.bridge == port.name && first.origin?.remoteID == remoteID
            return .said(
                isTheirs ? last : messages[settings.composer.index(of: quote, in: messages)])
        }
        for channel in channels where try await port.wasDropped(remoteID, in: channel) {
            return .dropped
        }
        return .nothing
    }

    /// What a channel of the same room said, if Telegram has brought a message from there.
    func source(
        of json: JSON, in binding: ChatBindings.Binding
    ) -> (channel: String, remoteID: String?)? {
        guard let source = IncomingMessage.source(of: json),
            let origin = chats.binding(at: source.location), origin != binding,
            origin.room == binding.room
        else { return nil }
        return (origin.channel, source.remoteID)
    }

    // MARK: - In Telegram's words

    /// What Telegram shows of a message that is answered; nil if it shows nothing.
    private func phrases(of answered: JSON, _ quote: JSON) -> OutsideWords? {
        let speaker = MessageAuthor(of: answered)
        let quoted = settings.wording.rendered(quote, "text", "entities")
        // Of what the bot can't see there is only the number, and no date.
        if quoted == nil, answered["date"].integer == 0 { return nil }
        let text = settings.wording.text(of: answered) ?? ""
        if speaker.user == me, let said = settings.composer.said(in: text, quote: quote) {
            return OutsideWords(
                name: said.name, identity: nil, isNamedAsShown: true, whole: said.line,
                part: quoted == nil ? nil : said.quoted)
        }
        return OutsideWords(
            name: speaker.name, identity: speaker.identity,
            // Where nothing of it is shown, there is no word for what it is either.
            whole: answered["date"].integer == 0 ? "" : text, part: quoted)
    }

    /// What it answers in another chat or topic; nil if nothing of it is known or may be read.
    private mutating func distantQuotation(
        of json: JSON, _ binding: ChatBindings.Binding
    ) async throws -> Quotation? {
        let reply = json["external_reply"]
        if let chat = reply["chat"]["id"].integer, let id = reply["message_id"].integer {
            let remoteID = IncomingMessage.remoteID(chat: chat, id: id)
            switch try await look(for: remoteID, in: chats.channels(of: chat), json["quote"]) {
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
        let phrases = OutsideWords(
            name: name, identity: person.user != nil ? person.identity : Self.identity(of: chat),
            whole: settings.wording.kind(of: reply) ?? "",
            part: settings.wording.rendered(json["quote"], "text", "entities"))
        return await quotation(phrases, binding)
    }

    private static func identity(of chat: JSON) -> String? {
        chat["id"].integer.map { "chat:\($0)" }
    }

    /// Words as the chains leave them; nil if they drop them.
    private func quotation(
        _ phrases: OutsideWords, _ binding: ChatBindings.Binding
    ) async -> Quotation? {
        guard let excerpt = await judged(phrases, binding) else { return nil }
        let name =
            phrases.isNamedAsShown
            ? phrases.name : port.shownName(await judgedName(phrases, binding))
        return Quotation(number: 0, name: name, excerpt: excerpt)
    }

    /// A name that nobody here has seen may be a sentence: where the chains would drop that, it is
    /// none.
    private func judgedName(
        _ phrases: OutsideWords, _ binding: ChatBindings.Binding
    ) async -> String {
        var draft = Draft(phrases.name, from: phrases.name)
        draft.identity = phrases.identity
        draft.room = binding.room
        return await port.judged(draft) == nil ? "" : phrases.name
    }

    /// All of what was said is judged, for a part of a secret need not look like one.
    private func judged(_ phrases: OutsideWords, _ binding: ChatBindings.Binding) async -> String? {
        var draft = Draft(phrases.whole, from: phrases.name)
        draft.identity = phrases.identity
        draft.isNamedAsShown = phrases.isNamedAsShown
        draft.room = binding.room
        if !phrases.whole.isEmpty {
            guard let left = await port.judged(draft) else { return nil }
            guard let part = phrases.part, left == RecentTexts.cleaned(phrases.whole) else {
                return left
            }
            if left.contains(RecentTexts.cleaned(part)) { return part }
        }
        // Of some messages nothing is known but who said them.
        draft.text = phrases.part ?? "[\(settings.phrases.someMessage)]"
        return await port.judged(draft)
    }
}
