import Chat
import JSON
import MessageBus

/// A message of Telegram's, as far as it concerns the bus.
///
/// Unexpected members are left out; reading never fails because of one.
struct IncomingMessage: Sendable {
    /// The message as Telegram sent it.
    let json: JSON
    /// Its number in its chat.
    let id: Int64
    let location: ChatLocation
    /// The time at which it was edited, in seconds since 1970; 0 if it was not.
    let editDate: Int64
    let isEdit: Bool

    /// Reads a message; nil if it has no id or no chat.
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

    /// The key that two updates with the same content share: the message's name, the time of the
    /// edit, and, as that counts in seconds, the text of an edit.
    var key: String {
        let key = "\(remoteID)/\(editDate)"
        guard isEdit, let text = json["text"].string ?? json["caption"].string else { return key }
        return "\(key)/\(String(TextHash(of: text).bits, radix: 36))"
    }

    /// True if it is for one person alone: such messages have no number of their own.
    var isEphemeral: Bool { Self.isEphemeral(json) }

    /// Returns true if a message is for one person alone.
    static func isEphemeral(_ json: JSON) -> Bool {
        json["message_id"].integer == 0 || json["ephemeral_message_id"].isPresent
            || json["receiver_user"].isPresent
    }

    /// The store's name for the message: it includes the chat, since each chat has numbers of its
    /// own.
    var remoteID: String { Self.remoteID(chat: location.chat, id: id) }

    /// Returns the store's name for a message.
    static func remoteID(chat: Int64, id: Int64) -> String { "\(chat)/\(id)" }

    /// Returns the number of a message in a chat; nil if the name is of another chat.
    static func id(of remoteID: String, in chat: Int64) -> Int64? {
        let parts = remoteID.split(separator: "/")
        guard parts.count == 2, parts[0] == "\(chat)" else { return nil }
        return Int64(parts[1])
    }

    /// The time at which it was said, or corrected.
    var time: Timestamp? {
        let seconds = isEdit && editDate > 0 ? editDate : json["date"].integer ?? 0
        // Numbers in JSON are far too small to overflow.
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

    /// The person, bot or chat that the message comes from.
    var speaker: MessageAuthor { MessageAuthor(of: json) }

    /// The message that it answers, if it is there.
    ///
    /// In a topic, a message that answers nothing comes as an answer to the topic's first one.
    var answered: JSON? {
        let reply = json["reply_to_message"]
        guard let id = reply["message_id"].integer, id != location.topic else { return nil }
        return reply
    }

    /// Returns the channel and the message that Telegram has forwarded into the channel's linked
    /// group by itself; nil if this is no such message.
    static func forwardOrigin(of json: JSON) -> (location: ChatLocation, remoteID: String?)? {
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

    /// The id that the group has from now on, if the message says so.
    var migratedTo: Int64? { json["migrate_to_chat_id"].integer }
    /// The id that the group had before, if the message says so.
    var migratedFrom: Int64? { json["migrate_from_chat_id"].integer }
}
