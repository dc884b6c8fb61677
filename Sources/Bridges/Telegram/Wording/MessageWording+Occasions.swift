import Chat
import JSON
import MessageBus

// Events in a group, and rare messages.
extension MessageWording {
    /// Returns the words for an event; nil if the message tells of none.
    func occasion(_ json: JSON, _ referred: Referred) -> String? {
        guard case .object(let members) = json else { return nil }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where value.isPresent {
            let phrases =
                inGroup(key, value, referred) ?? inForum(key, value) ?? ofList(key, value, referred)
                ?? ofPayment(key, value) ?? ofPost(key, value, referred) ?? ofGift(key, value)
                ?? ofCall(key, value) ?? ofBot(key, value)
            if let phrases { return phrases }
        }
        return nil
    }

    private func inGroup(_ key: String, _ value: JSON, _ referred: Referred) -> String? {
        switch key {
        case "pinned_message": Self.labelled(phrases.pinned, referred.excerpt)
        case "story": Self.labelled(phrases.story, MessageAuthor.title(of: value["chat"]))
        case "new_chat_title": Self.labelled(phrases.newTitle, value.string)
        case "new_chat_photo": phrases.newPhoto
        case "delete_chat_photo": phrases.noPhoto
        case "chat_background_set":
            Self.labelled(phrases.newBackground, value["type"]["theme_name"].string)
        case "message_auto_delete_timer_changed":
            phrases.deletion(after: value["message_auto_delete_time"].integer ?? 0)
        case "chat_owner_left": Self.labelled(phrases.ownerLeft, name(of: value["new_owner"]))
        case "chat_owner_changed": Self.labelled(phrases.newOwner, name(of: value["new_owner"]))
        case "boost_added":
            Self.labelled(phrases.boost, value["boost_count"].integer.map { "\($0)" })
        case "community_chat_added": Self.labelled(phrases.communityAdded, community(value))
        case "community_chat_joined": Self.labelled(phrases.communityJoined, community(value))
        case "community_chat_removed": phrases.communityRemoved
        case "proximity_alert_triggered": Self.labelled(phrases.proximity, distance(value))
        default: nil
        }
    }

    private func community(_ change: JSON) -> String? {
        change["community"]["name"].nonEmptyString ?? change["community"]["title"].nonEmptyString
    }

    private func distance(_ alert: JSON) -> String {
        let parts = [
            name(of: alert["traveler"]), name(of: alert["watcher"]),
            alert["distance"].integer.map { "\($0) m" },
        ]
        return parts.joinedWith(", ")
    }

    private func inForum(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "forum_topic_created": Self.labelled(phrases.topicCreated, value["name"].string)
        case "forum_topic_edited": Self.labelled(phrases.topicEdited, value["name"].string)
        case "forum_topic_closed": phrases.topicClosed
        case "forum_topic_reopened": phrases.topicReopened
        case "general_forum_topic_hidden": phrases.generalHidden
        case "general_forum_topic_unhidden": phrases.generalShown
        default: nil
        }
    }

    private func ofList(_ key: String, _ value: JSON, _ referred: Referred) -> String? {
        switch key {
        case "checklist_tasks_done": tasksDone(value, referred)
        case "checklist_tasks_added": tasksAdded(value, referred)
        case "poll_option_added": option(phrases.optionAdded, value, referred)
        case "poll_option_deleted": option(phrases.optionDeleted, value, referred)
        default: nil
        }
    }

    // MARK: - Payments

    private func ofPayment(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "invoice":
            Self.labelled(
                phrases.invoice,
                [value["title"].nonEmptyString, price(value["total_amount"], value)]
                    .joinedWith(", "))
        case "successful_payment":
            Self.labelled(phrases.payment, price(value["total_amount"], value))
        case "refunded_payment": Self.labelled(phrases.refund, price(value["total_amount"], value))
        case "paid_message_price_changed":
            phrases.messagePrice(value["paid_message_star_count"].integer ?? 0)
        case "direct_message_price_changed":
            value["are_direct_messages_enabled"].isTrue
                ? phrases.directPrice(value["direct_message_star_count"].integer ?? 0)
                : phrases.noDirectMessages
        default: nil
        }
    }

    private func ofPost(_ key: String, _ value: JSON, _ referred: Referred) -> String? {
        switch key {
        case "suggested_post_approved": Self.labelled(phrases.postApproved, referred.excerpt)
        case "suggested_post_approval_failed": Self.labelled(phrases.postFailed, referred.excerpt)
        case "suggested_post_declined": Self.labelled(phrases.postDeclined, referred.excerpt)
        case "suggested_post_paid":
            Self.labelled(
                phrases.postPaid,
                price(
                    value["star_amount"].isPresent
                        ? value["star_amount"]["amount"] : value["amount"], value))
        case "suggested_post_refunded": Self.labelled(phrases.postRefunded, referred.excerpt)
        default: nil
        }
    }

    private func price(_ amount: JSON, _ json: JSON) -> String? {
        guard let amount = amount.integer, let currency = json["currency"].nonEmptyString else {
            return nil
        }
        return phrases.price(amount, currency)
    }

    // MARK: - Gifts

    private func ofGift(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "game": Self.labelled(phrases.game, value["title"].string)
        case "gift": Self.labelled(phrases.gift, gift(value["gift"]))
        case "unique_gift": Self.labelled(phrases.uniqueGift, uniqueGift(value["gift"]))
        case "gift_upgrade_sent": Self.labelled(phrases.giftUpgrade, gift(value["gift"]))
        case "giveaway_created":
            Self.labelled(
                phrases.giveawayCreated, value["prize_star_count"].integer.map(phrases.stars))
        case "giveaway": Self.labelled(phrases.giveaway, prize(value))
        case "giveaway_winners":
            Self.labelled(
                Self.labelled(phrases.winners, names(of: value["winners"])), prize(value))
        case "giveaway_completed":
            Self.labelled(phrases.giveawayEnded, value["winner_count"].integer.map(phrases.winners))
        default: nil
        }
    }

    private func gift(_ gift: JSON) -> String {
        [gift["sticker"]["emoji"].nonEmptyString, gift["star_count"].integer.map(phrases.stars)]
            .joinedWith(", ")
    }

    private func uniqueGift(_ gift: JSON) -> String {
        [gift["base_name"].nonEmptyString, gift["number"].integer.map { "#\($0)" }]
            .joinedWith(" ")
    }

    private func prize(_ giveaway: JSON) -> String {
        var parts = [
            giveaway["prize_description"].nonEmptyString,
            giveaway["prize_star_count"].integer.map(phrases.stars),
            giveaway["premium_subscription_month_count"].integer.map(phrases.premium),
        ]
        if !giveaway["winners"].isPresent {
            parts.append(giveaway["winner_count"].integer.map(phrases.winners))
        }
        return parts.joinedWith(", ")
    }

    // MARK: - Calls and bots

    private func ofCall(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "video_chat_scheduled":
            Self.labelled(phrases.callScheduled, value["start_date"].integer.map(Self.moment))
        case "video_chat_started": phrases.callStarted
        case "video_chat_ended":
            [phrases.callEnded, value["duration"].integer.map { phrases.length(seconds: $0) }]
                .joinedWith(", ")
        case "video_chat_participants_invited":
            Self.labelled(phrases.callInvitation, names(of: value["users"]))
        default: nil
        }
    }

    private static func moment(_ seconds: Int64) -> String {
        var bytes: [UInt8] = []
        // Far enough for any call; a number beyond is not a date.
        let seconds = min(max(seconds, 0), 100_000 * 86_400)
        LocalTime.append(Timestamp(milliseconds: seconds * 1_000), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func ofBot(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "users_shared": Self.labelled(phrases.usersShared, names(of: value["users"]))
        case "chat_shared": Self.labelled(phrases.chatShared, value["title"].string)
        case "connected_website": Self.labelled(phrases.website, value.string)
        case "write_access_allowed":
            Self.labelled(phrases.writeAccess, value["web_app_name"].string)
        case "passport_data": phrases.passport
        case "managed_bot_created": Self.labelled(phrases.botCreated, name(of: value["bot"]))
        case "web_app_data":
            Self.labelled(
                Self.labelled(phrases.webApp, value["button_text"].string), value["data"].string)
        default: nil
        }
    }
}
