import Chat
import JSON
import MessageBus

// Files, places, persons, polls and lists.
extension MessageWording {
    /// Returns the word for a file or a sticker; nil if there is none in the message.
    func media(_ json: JSON) -> String? {
        // An animation is a document too, and a live photo a photo, so these come first.
        if json["animation"].isPresent { return phrases.animation }
        if json["live_photo"].isPresent { return phrases.livePhoto }
        if json["photo"].isPresent { return phrases.photo }
        if json["video"].isPresent { return described(phrases.video, json["video"]) }
        if json["video_note"].isPresent { return described(phrases.videoNote, json["video_note"]) }
        if json["voice"].isPresent { return described(phrases.voice, json["voice"]) }
        if json["sticker"].isPresent {
            return [phrases.sticker, json["sticker"]["emoji"].nonEmptyString].joinedWith(" ")
        }
        if json["audio"].isPresent { return audio(json["audio"]) }
        if json["document"].isPresent {
            let document = json["document"]
            let size = document["file_size"].integer.map { phrases.size(bytes: $0) }
            return [Self.labelled(phrases.document, document["file_name"].string), size]
                .joinedWith(", ")
        }
        guard json["paid_media"].isPresent else { return nil }
        let stars = json["paid_media"]["star_count"].integer.map { phrases.stars($0) }
        return Self.labelled(phrases.paidMedia, stars)
    }

    private func audio(_ audio: JSON) -> String {
        let title = [audio["performer"].nonEmptyString, audio["title"].nonEmptyString]
            .joinedWith(" – ")
        let name = title.isEmpty ? audio["file_name"].nonEmptyString ?? "" : title
        return described(Self.labelled(phrases.audio, name), audio)
    }

    private func described(_ label: String, _ file: JSON) -> String {
        [label, file["duration"].integer.map { phrases.length(seconds: $0) }].joinedWith(", ")
    }

    /// Returns the word for a place, a contact or a die; nil if there is none in the message.
    func location(_ json: JSON) -> String? {
        // A venue has a location too.
        if json["venue"].isPresent {
            let venue = json["venue"]
            let name = [venue["title"].nonEmptyString, venue["address"].nonEmptyString]
            return Self.labelled(phrases.venue, name.joinedWith(", "))
        }
        if json["location"].isPresent {
            // A live location is edited all the time; its wording stays the same.
            if json["location"]["live_period"].isPresent { return phrases.liveLocation }
            let parts = [json["location"]["latitude"], json["location"]["longitude"]]
                .compactMap(\.double).map { "\($0)" }
            return Self.labelled(phrases.location, parts.joined(separator: ", "))
        }
        if json["contact"].isPresent {
            let contact = json["contact"]
            let phone = contact["phone_number"].nonEmptyString
            return Self.labelled(phrases.contact, [name(of: contact), phone].joinedWith(", "))
        }
        guard json["dice"].isPresent else { return nil }
        let value = json["dice"]["value"].integer.map { "\($0)" }
        return [phrases.dice, json["dice"]["emoji"].nonEmptyString, value].joinedWith(" ")
    }

    /// Returns the word for a poll or a list; nil if there is none in the message.
    func question(_ json: JSON) -> String? {
        if json["poll"].isPresent {
            let poll = json["poll"]
            let parts = [
                rendered(poll, "question", "question_entities"),
                rendered(poll, "description", "description_entities").map { "(\($0))" },
                options(poll["options"].elements.map { rendered($0, "text", "text_entities") }),
            ]
            return Self.labelled(phrases.poll, parts.joinedWith(" "))
        }
        guard json["checklist"].isPresent else { return nil }
        let list = json["checklist"]
        let tasks = options(list["tasks"].elements.map(task))
        return Self.labelled(
            phrases.checklist,
            Self.labelled(rendered(list, "title", "title_entities") ?? "", tasks))
    }

    private func options(_ options: [String?]) -> String? {
        let text = options.joinedWith(" / ")
        return text.isEmpty ? nil : text
    }

    /// Returns a list's title and tasks, with a mark on those that are done.
    private func task(_ task: JSON) -> String? {
        let isDone =
            task["completion_date"].integer ?? 0 > 0 || task["completed_by_user"].isPresent
            || task["completed_by_chat"].isPresent
        return rendered(task, "text", "text_entities").map { "\(isDone ? "☑" : "☐") \($0)" }
    }

    // MARK: - Changes of lists and polls

    /// Returns the tasks of a list that were ticked, by name if the list may be read.
    func tasksDone(_ change: JSON, _ referred: Referred) -> String {
        let list = referred.isWhole ? change["checklist_message"]["checklist"] : .null
        func tasks(_ ids: JSON) -> String? {
            let ids = ids.elements.compactMap(\.integer)
            if ids.isEmpty { return nil }
            let names = list["tasks"].elements.filter {
                $0["id"].integer.map(ids.contains) ?? false
            }.map { rendered($0, "text", "text_entities") }.joinedWith(" / ")
            return names.isEmpty ? "\(ids.count)" : names
        }
        let parts = [
            tasks(change["marked_as_done_task_ids"]).map { "☑ \($0)" },
            tasks(change["marked_as_not_done_task_ids"]).map { "☐ \($0)" },
        ]
        let title = rendered(list, "title", "title_entities")
        return Self.labelled(Self.labelled(phrases.checklist, title), parts.joinedWith("; "))
    }

    /// Returns the tasks that were added to a list.
    func tasksAdded(_ change: JSON, _ referred: Referred) -> String {
        let list = referred.isWhole ? change["checklist_message"]["checklist"] : .null
        let title = rendered(list, "title", "title_entities")
        let tasks = change["tasks"].elements.map(task).joinedWith(" / ")
        return Self.labelled(Self.labelled(phrases.tasksAdded, title), tasks)
    }

    /// Returns an option that was added to a poll or deleted.
    func option(_ label: String, _ change: JSON, _ referred: Referred) -> String {
        let poll = referred.isWhole ? change["poll_message"]["poll"] : .null
        return Self.labelled(
            Self.labelled(label, rendered(poll, "question", "question_entities")),
            rendered(change, "option_text", "option_text_entities"))
    }
}
