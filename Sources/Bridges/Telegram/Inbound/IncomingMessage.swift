import Chat
import MessageBus

/// A message as Telegram has it, as far as it concerns the bus.
///
/// What is odd in it is left out; nothing in it fails.
struct IncomingMessage: Sendable {
    /// What Telegram sent.
    let json: JSON
    /// Its number in its chat.
    let id: Int64
    let location: ChatLocation
    /// When it was edited; 0 if it was not.
    let editDate: Int64
    let isEdit: Bool

    /// Reads a message; nil if it doesn't say which it is.
    init?(_ json: JSON, isEdit: Bool = false) {
        guard let id = json["message_id"].integer, let chat = json["chat"]["id"].integer else {
            return nil
        }
        self.json = json
        self.id = id
        // Outside forums the id of a thread says only where a chain of answers began.
        let topic = json["is_topic_message"].isTrue ? json["message_thread_id"].integer : nil
        location = ChatLocation(chat: chat, topic: topic)
        editDate = json["edit_date"].integer ?? 0
        self.isEdit = isEdit
    }

    /// What makes two of them the same: the message, when it was edited, and since that counts in
    /// seconds, what an edit says.
    var key: String {
        let key = "\(remoteID)/\(editDate)"
        guard isEdit, let text = json["text"].string ?? json["caption"].string else { return key }
        return "\(key)/\(String(TextHash(of: text).bits, radix: 36))"
    }

    /// Whether it is for one person alone: such messages have no number of their own.
    var isEphemeral: Bool { Self.isEphemeral(json) }

    static func isEphemeral(_ json: JSON) -> Bool {
        json["message_id"].integer == 0 || json["ephemeral_message_id"].isPresent
            || json["receiver_user"].isPresent
    }

    /// What it is called in the store: in a chat, since numbers are a chat's own.
    var remoteID: String { Self.remoteID(chat: location.chat, id: id) }

    static func remoteID(chat: Int64, id: Int64) -> String { "\(chat)/\(id)" }

    /// The number in a chat that something is called by; nil if it is called so in another chat.
    static func id(of remoteID: String, in chat: Int64) -> Int64? {
        let parts = remoteID.split(separator: "/")
        guard parts.count == 2, parts[0] == "\(chat)" else { return nil }
        return Int64(parts[1])
    }

    /// When it was said, or corrected.
    var time: Timestamp? {
        let seconds = isEdit && editDate > 0 ? editDate : json["date"].integer ?? 0
        // Numbers of JSON are far from what overflows.
        return seconds > 0 ? Timestamp(milliseconds: seconds * 1_000) : nil
    }

    /// The file in it; nil if there is none.
    var attachment: String? {
        let files = ["animation", "document", "audio", "video", "video_note", "voice", "sticker"]
        for key in files {
            if let id = json[key]["file_unique_id"].nonEmptyString { return id }
        }
        return json["photo"].elements.last?["file_unique_id"].nonEmptyString
            ?? json["photo"].elements.last?["file_id"].nonEmptyString
    }

    /// Who says it.
    var speaker: MessageAuthor { MessageAuthor(of: json) }

    /// The message that it answers, if it is there.
    ///
    /// In a topic what answers nothing is said to answer the topic's first message.
    var answered: JSON? {
        let reply = json["reply_to_message"]
        guard let id = reply["message_id"].integer, id != location.topic else { return nil }
        return reply
    }

    /// Where Telegram itself has brought a message from, if this is what a channel said, brought
    /// into its linked group.
    static func source(of json: JSON) -> (location: ChatLocation, remoteID: String?)? {
        guard json["is_automatic_forward"].isTrue else { return nil }
        let origin = json["forward_origin"]
        guard let chat = origin["chat"]["id"].integer ?? json["sender_chat"]["id"].integer else {
            return nil
        }
        return (
            ChatLocation(chat: chat),
            origin["message_id"].integer.map { remoteID(chat: chat, id: $0) }
        )
    }

    /// The id that the group has from now on, if this says so.
    var migratedTo: Int64? { json["migrate_to_chat_id"].integer }
    /// The id that the group had before, if this says so.
    var migratedFrom: Int64? { json["migrate_from_chat_id"].integer }
}
