import Chat
import JSON
import MessageBus

/// The wording of Telegram's messages as plain text.
struct MessageWording: Sendable {
    let phrases: Phrases
    /// True if spoilers are shown as any text.
    var showsSpoilers = false

    /// The part that may be shown of a message that another one is about: a pinned message, or a
    /// list with a task that was ticked.
    struct Referred: Sendable, Equatable {
        /// Its first words.
        var excerpt: String?
        /// True if all of it may be read.
        var isWhole = false
    }

    init(_ phrases: Phrases, showsSpoilers: Bool = false) {
        self.phrases = phrases
        self.showsSpoilers = showsSpoilers
    }

    /// Returns the text of a message; nil if nobody said it.
    func text(of json: JSON, referred: Referred = Referred()) -> String? {
        if json["migrate_to_chat_id"].isPresent || json["migrate_from_chat_id"].isPresent {
            return nil
        }
        guard let body = body(json, referred) else { return nil }
        guard let origin = forwardedFrom(json) else { return body }
        return "[\(phrases.forwarded(from: origin))] \(body)"
    }

    /// Returns the text of a message without its origin.
    private func body(_ json: JSON, _ referred: Referred) -> String? {
        if let text = rendered(json, "text", "entities") { return text }
        let caption = rendered(json, "caption", "caption_entities")
        if json["rich_message"].isPresent {
            let rich = RichTextRenderer(self).text(of: json["rich_message"])
            return rich.isEmpty ? "[\(phrases.richMessage)]" : rich
        }
        if let kind = kind(of: json, referred) {
            return [kind, caption ?? ownWords(json)].joinedWith(" ")
        }
        for silent in Self.silent where json[silent].isPresent { return nil }
        return unknown(json, caption)
    }

    /// Returns the kind of a message that is not a text, `[foto]`; nil if there is no word for it.
    func kind(of json: JSON, _ referred: Referred = Referred()) -> String? {
        let description =
            media(json) ?? location(json) ?? question(json) ?? occasion(json, referred)
        return description.map { "[\($0)]" }
    }

    /// Returns the text that somebody wrote with a gift, under a game or about a refusal.
    private func ownWords(_ json: JSON) -> String? {
        for key in ["gift", "unique_gift", "gift_upgrade_sent"] where json[key].isPresent {
            return rendered(json[key], "text", "entities")
        }
        if json["game"].isPresent { return rendered(json["game"], "text", "text_entities") }
        return json["suggested_post_declined"]["comment"].nonEmptyString
    }

    /// Returns the name of the person or chat that a message was forwarded from; nil if it was not.
    private func forwardedFrom(_ json: JSON) -> String? {
        let origin = json["forward_origin"]
        guard origin.isPresent, !json["is_automatic_forward"].isTrue else { return nil }
        let name =
            origin["sender_user_name"].nonEmptyString
            ?? (origin["sender_user"].isPresent
                ? MessageAuthor(person: origin["sender_user"]).name : nil)
            ?? MessageAuthor.title(
                of: origin["sender_chat"].isPresent ? origin["sender_chat"] : origin["chat"])
        return Name(cleaning: name, phrases: phrases).text
    }

    /// Returns a text with its entities; nil if there is none.
    func rendered(_ json: JSON, _ text: String, _ entities: String) -> String? {
        json[text].nonEmptyString.map {
            TextEntities.rendered($0, json[entities], showsSpoilers: showsSpoilers)
        }
    }

    /// Returns the message that another one is about.
    static func referred(in json: JSON) -> JSON? {
        for (kind, key) in referring where json[kind].isPresent {
            let message = key.isEmpty ? json[kind] : json[kind][key]
            return message.isPresent ? message : nil
        }
        return nil
    }

    private static let referring = [
        ("pinned_message", ""), ("checklist_tasks_done", "checklist_message"),
        ("checklist_tasks_added", "checklist_message"), ("poll_option_added", "poll_message"),
        ("poll_option_deleted", "poll_message"), ("giveaway_completed", "giveaway_message"),
        ("suggested_post_approved", "suggested_post_message"),
        ("suggested_post_approval_failed", "suggested_post_message"),
        ("suggested_post_declined", "suggested_post_message"),
        ("suggested_post_paid", "suggested_post_message"),
        ("suggested_post_refunded", "suggested_post_message"),
    ]

    /// The members of messages that nobody wrote: joins and leaves have notices of their own, the
    /// others are housekeeping.
    static let silent = [
        "new_chat_members", "new_chat_member", "new_chat_participant", "left_chat_member",
        "left_chat_participant", "group_chat_created", "supergroup_chat_created",
        "channel_chat_created",
    ]

    // MARK: - Unknown kinds

    /// Returns the name of a kind that is newer than this program, with any text it has.
    private func unknown(_ json: JSON, _ caption: String?) -> String {
        guard case .object(let members) = json else { return "[\(phrases.unsupported)]" }
        let kinds = members.keys.filter { !Self.envelope.contains($0) }.sorted()
        guard let kind = kinds.first(where: { members[$0]?.isObject == true }) ?? kinds.first else {
            return caption ?? "[\(phrases.unsupported)]"
        }
        var texts = caption.map { [$0] } ?? []
        if let value = members[kind] { Self.gather(value, kind, depth: 0, into: &texts) }
        let name = Self.labelled(phrases.unsupported, String(kind.prefix(64)))
        return ["[\(name)]", texts.joined(separator: " ")].joinedWith(" ")
    }

    /// Collects members that are texts, up to a bound.
    private static func gather(_ json: JSON, _ key: String, depth: Int, into texts: inout [String])
    {
        guard depth < 6, texts.count < 32 else { return }
        switch json {
        case .text(let text):
            if depth == 0 || textKeys.contains(key), !text.isEmpty { texts.append(text) }
        case .list(let elements):
            for element in elements { gather(element, key, depth: depth + 1, into: &texts) }
        case .object(let members):
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                gather(value, key, depth: depth + 1, into: &texts)
            }
        default: break
        }
    }

    private static let textKeys: Set = [
        "text", "title", "caption", "name", "description", "comment", "question", "message",
        "button_text", "option_text", "prize_description", "summary",
    ]

    /// Members of any message, whatever its kind.
    private static let envelope: Set = [
        "message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat",
        "sender_boost_count", "sender_business_bot", "sender_tag", "receiver_user",
        "ephemeral_message_id", "date", "guest_query_id", "business_connection_id", "chat",
        "forward_origin", "forward_from", "forward_from_chat", "forward_from_message_id",
        "forward_signature", "forward_sender_name", "forward_date", "is_topic_message",
        "is_automatic_forward", "reply_to_message", "external_reply", "quote", "reply_to_story",
        "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot",
        "guest_bot_caller_user", "guest_bot_caller_chat", "edit_date", "has_protected_content",
        "is_from_offline", "is_paid_post", "media_group_id", "author_signature",
        "paid_star_count", "text", "entities", "link_preview_options", "suggested_post_info",
        "effect_id", "caption", "caption_entities", "show_caption_above_media",
        "has_media_spoiler", "reply_markup",
    ]

    // MARK: - Parts

    /// Returns a label with a detail, if there is one.
    static func labelled(_ label: String, _ detail: String?) -> String {
        guard let detail, !detail.isEmpty else { return label }
        return "\(label): \(detail)"
    }

    /// Returns a person's name; nil if there is none.
    func name(of person: JSON) -> String? {
        let name = MessageAuthor(person: person).name
        return name.isEmpty ? nil : name
    }

    /// Returns the names of people, separated by commas.
    func names(of people: JSON) -> String {
        people.elements.map { name(of: $0) ?? phrases.nameless }.joined(separator: ", ")
    }
}

extension [String?] {
    /// Returns the elements that are neither nil nor empty, joined.
    func joinedWith(_ separator: String) -> String {
        compactMap(\.self).filter { !$0.isEmpty }.joined(separator: separator)
    }
}
