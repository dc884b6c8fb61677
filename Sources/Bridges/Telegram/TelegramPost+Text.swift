import MessageBus

extension TelegramPost {
    /// What is said, in words; nil if it is nothing that anybody said.
    ///
    /// - Parameter pinned: what may be read of the message that it says is pinned.
    func text(_ words: Words, pinned: String? = nil) -> String? {
        if let pinned { return "[\(Self.labelled(words.pinned, pinned))]" }
        return Self.text(of: json, words)
    }

    /// What a message says, in words; nil if it is nothing that anybody said.
    static func text(of json: JSON, _ words: Words) -> String? {
        if ["migrate_to_chat_id", "migrate_from_chat_id"].contains(where: { json[$0].isPresent }) {
            return nil
        }
        guard let said = Self.said(json, words) else { return nil }
        guard let origin = Self.forwardedFrom(json, words) else { return said }
        return "[\(words.forwarded(from: origin))] \(said)"
    }

    /// What a message says, without where it comes from.
    static func said(_ json: JSON, _ words: Words) -> String? {
        if let text = json["text"].nonEmptyString { return text }
        if let kind = kind(of: json, words) {
            return kind + (json["caption"].nonEmptyString.map { " \($0)" } ?? "")
        }
        for silent in silent where json[silent].isPresent { return nil }
        return json["caption"].nonEmptyString ?? "[\(words.unsupported)]"
    }

    /// What a message is that is no text, `[foto]`; nil if there is no word for it.
    static func kind(of json: JSON, _ words: Words) -> String? {
        for read in [media, place, occasion] {
            if let description = read(json, words) { return "[\(description)]" }
        }
        return nil
    }

    /// Where it was first said, if that is somewhere else.
    private static func forwardedFrom(_ json: JSON, _ words: Words) -> String? {
        let origin = json["forward_origin"]
        guard origin.isPresent, !json["is_automatic_forward"].isTrue else { return nil }
        let name =
            origin["sender_user_name"].nonEmptyString
            ?? (origin["sender_user"].isPresent
                ? TelegramSpeaker(person: origin["sender_user"]).name : nil)
            ?? TelegramSpeaker.title(
                of: origin["sender_chat"].isPresent ? origin["sender_chat"] : origin["chat"])
        return Name(cleaning: name, words: words).text
    }

    /// What has a file, or is drawn.
    private static func media(_ json: JSON, _ words: Words) -> String? {
        // An animation is a document too, so it comes first.
        if json["animation"].isPresent { return words.animation }
        if json["photo"].isPresent { return words.photo }
        if json["video"].isPresent { return described(words.video, json["video"], words) }
        if json["video_note"].isPresent {
            return described(words.videoNote, json["video_note"], words)
        }
        if json["voice"].isPresent { return described(words.voice, json["voice"], words) }
        if json["sticker"].isPresent {
            return [words.sticker, json["sticker"]["emoji"].nonEmptyString].joinedWith(" ")
        }
        if json["audio"].isPresent {
            let audio = json["audio"]
            let title = [audio["performer"].nonEmptyString, audio["title"].nonEmptyString]
                .joinedWith(" – ")
            let name = title.isEmpty ? audio["file_name"].nonEmptyString ?? "" : title
            return described(labelled(words.audio, name), audio, words)
        }
        if json["document"].isPresent {
            let document = json["document"]
            let size = document["file_size"].integer.map { words.size(bytes: $0) }
            let name = document["file_name"].nonEmptyString ?? ""
            return [labelled(words.document, name), size].joinedWith(", ")
        }
        return json["paid_media"].isPresent ? words.paidMedia : nil
    }

    /// What is a place, a person or a question.
    private static func place(_ json: JSON, _ words: Words) -> String? {
        // A venue has a location too.
        if json["venue"].isPresent {
            let venue = json["venue"]
            let name = [venue["title"].nonEmptyString, venue["address"].nonEmptyString]
            return labelled(words.venue, name.joinedWith(", "))
        }
        if json["location"].isPresent {
            // One that moves is edited all the time; its words stay the same.
            if json["location"]["live_period"].isPresent { return words.liveLocation }
            let parts = [json["location"]["latitude"], json["location"]["longitude"]]
                .compactMap(\.double).map { "\($0)" }
            return labelled(words.location, parts.joined(separator: ", "))
        }
        if json["contact"].isPresent {
            let contact = json["contact"]
            let phone = contact["phone_number"].nonEmptyString
            let name = TelegramSpeaker(person: contact).name
            return labelled(words.contact, [name.isEmpty ? nil : name, phone].joinedWith(", "))
        }
        if json["poll"].isPresent {
            let options = json["poll"]["options"].elements.compactMap(\.self["text"].nonEmptyString)
            let question = json["poll"]["question"].nonEmptyString ?? ""
            let answers = options.isEmpty ? nil : options.joined(separator: " / ")
            return labelled(words.poll, [question, answers].joinedWith(" "))
        }
        if json["checklist"].isPresent {
            return labelled(words.checklist, json["checklist"]["title"].nonEmptyString ?? "")
        }
        if json["dice"].isPresent {
            let value = json["dice"]["value"].integer.map { "\($0)" }
            let emoji = json["dice"]["emoji"].nonEmptyString
            return [words.dice, emoji, value].joinedWith(" ")
        }
        return nil
    }

    /// What happens in a group, and what is rare.
    private static func occasion(_ json: JSON, _ words: Words) -> String? {
        for (key, name, detail) in [
            ("game", words.game, json["game"]["title"]), ("story", words.story, .null),
            ("invoice", words.invoice, json["invoice"]["title"]),
            ("giveaway", words.giveaway, .null), ("giveaway_winners", words.giveaway, .null),
            ("new_chat_title", words.newTitle, json["new_chat_title"]),
            ("new_chat_photo", words.newPhoto, .null), ("delete_chat_photo", words.noPhoto, .null),
            ("forum_topic_created", words.topicCreated, json["forum_topic_created"]["name"]),
            ("forum_topic_edited", words.topicEdited, json["forum_topic_edited"]["name"]),
            ("forum_topic_closed", words.topicClosed, .null),
            ("forum_topic_reopened", words.topicReopened, .null),
            ("general_forum_topic_hidden", words.topicClosed, .null),
            ("general_forum_topic_unhidden", words.topicReopened, .null),
            ("video_chat_started", words.callStarted, .null),
            ("video_chat_ended", words.callEnded, .null),
            ("video_chat_scheduled", words.callScheduled, .null),
        ] as [(String, String, JSON)] where json[key].isPresent {
            return labelled(name, detail.nonEmptyString ?? "")
        }
        // What was pinned is not for this to say: it may have been dropped.
        return json["pinned_message"].isPresent ? words.pinned : nil
    }

    /// What nobody said: joins and leaves have notices of their own, the rest is housekeeping.
    static let silent = [
        "new_chat_members", "new_chat_member", "new_chat_participant", "left_chat_member",
        "left_chat_participant", "group_chat_created", "supergroup_chat_created",
        "channel_chat_created", "message_auto_delete_timer_changed",
    ]

    private static func labelled(_ label: String, _ detail: String) -> String {
        detail.isEmpty ? label : "\(label): \(detail)"
    }

    private static func described(_ label: String, _ file: JSON, _ words: Words) -> String {
        [label, file["duration"].integer.map { words.length(seconds: $0) }].joinedWith(", ")
    }
}

extension [String?] {
    /// Those that are there, one behind the other.
    fileprivate func joinedWith(_ separator: String) -> String {
        compactMap(\.self).filter { !$0.isEmpty }.joined(separator: separator)
    }
}
