import MessageBus

// What happens in a group, and what is rare.
extension MessageWording {
    /// What has happened; nil if it is nothing of that kind.
    func occasion(_ json: JSON, _ referred: Referred) -> String? {
        guard case .object(let members) = json else { return nil }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where value.isPresent {
            let words =
                inGroup(key, value, referred) ?? inForum(key, value) ?? ofList(key, value, referred)
                ?? ofPayment(key, value) ?? ofPost(key, value, referred) ?? ofGift(key, value)
                ?? ofCall(key, value) ?? ofBot(key, value)
            if let words { return words }
        }
        return nil
    }

    private func inGroup(_ key: String, _ value: JSON, _ referred: Referred) -> String? {
        switch key {
        case "pinned_message": Self.labelled(words.pinned, referred.excerpt)
        case "story": Self.labelled(words.story, MessageAuthor.title(of: value["chat"]))
        case "new_chat_title": Self.labelled(words.newTitle, value.string)
        case "new_chat_photo": words.newPhoto
        case "delete_chat_photo": words.noPhoto
        case "chat_background_set":
            Self.labelled(words.newBackground, value["type"]["theme_name"].string)
        case "message_auto_delete_timer_changed":
            words.deletion(after: value["message_auto_delete_time"].integer ?? 0)
        case "chat_owner_left": Self.labelled(words.ownerLeft, name(of: value["new_owner"]))
        case "chat_owner_changed": Self.labelled(words.newOwner, name(of: value["new_owner"]))
        case "boost_added":
            Self.labelled(words.boost, value["boost_count"].integer.map { "\($0)" })
        case "community_chat_added": Self.labelled(words.communityAdded, community(value))
        case "community_chat_joined": Self.labelled(words.communityJoined, community(value))
        case "community_chat_removed": words.communityRemoved
        case "proximity_alert_triggered": Self.labelled(words.proximity, distance(value))
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
        case "forum_topic_created": Self.labelled(words.topicCreated, value["name"].string)
        case "forum_topic_edited": Self.labelled(words.topicEdited, value["name"].string)
        case "forum_topic_closed": words.topicClosed
        case "forum_topic_reopened": words.topicReopened
        case "general_forum_topic_hidden": words.generalHidden
        case "general_forum_topic_unhidden": words.generalShown
        default: nil
        }
    }

    private func ofList(_ key: String, _ value: JSON, _ referred: Referred) -> String? {
        switch key {
        case "checklist_tasks_done": tasksDone(value, referred)
        case "checklist_tasks_added": tasksAdded(value, referred)
        case "poll_option_added": option(words.optionAdded, value, referred)
        case "poll_option_deleted": option(words.optionDeleted, value, referred)
        default: nil
        }
    }

    // MARK: - What is paid

    private func ofPayment(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "invoice":
            Self.labelled(
                words.invoice,
                [value["title"].nonEmptyString, price(value["total_amount"], value)]
                    .joinedWith(", "))
        case "successful_payment":
            Self.labelled(words.payment, price(value["total_amount"], value))
        case "refunded_payment": Self.labelled(words.refund, price(value["total_amount"], value))
        case "paid_message_price_changed":
            words.messagePrice(value["paid_message_star_count"].integer ?? 0)
        case "direct_message_price_changed":
            value["are_direct_messages_enabled"].isTrue
                ? words.directPrice(value["direct_message_star_count"].integer ?? 0)
                : words.noDirectMessages
        default: nil
        }
    }

    private func ofPost(_ key: String, _ value: JSON, _ referred: Referred) -> String? {
        switch key {
        case "suggested_post_approved": Self.labelled(words.postApproved, referred.excerpt)
        case "suggested_post_approval_failed": Self.labelled(words.postFailed, referred.excerpt)
        case "suggested_post_declined": Self.labelled(words.postDeclined, referred.excerpt)
        case "suggested_post_paid":
            Self.labelled(
                words.postPaid,
                price(
                    value["star_amount"].isPresent
                        ? value["star_amount"]["amount"] : value["amount"], value))
        case "suggested_post_refunded": Self.labelled(words.postRefunded, referred.excerpt)
        default: nil
        }
    }

    private func price(_ amount: JSON, _ json: JSON) -> String? {
        guard let amount = amount.integer, let currency = json["currency"].nonEmptyString else {
            return nil
        }
        return words.price(amount, currency)
    }

    // MARK: - What is given

    private func ofGift(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "game": Self.labelled(words.game, value["title"].string)
        case "gift": Self.labelled(words.gift, gift(value["gift"]))
        case "unique_gift": Self.labelled(words.uniqueGift, uniqueGift(value["gift"]))
        case "gift_upgrade_sent": Self.labelled(words.giftUpgrade, gift(value["gift"]))
        case "giveaway_created":
            Self.labelled(words.giveawayCreated, value["prize_star_count"].integer.map(words.stars))
        case "giveaway": Self.labelled(words.giveaway, prize(value))
        case "giveaway_winners":
            Self.labelled(
                Self.labelled(words.winners, names(of: value["winners"])), prize(value))
        case "giveaway_completed":
            Self.labelled(words.giveawayEnded, value["winner_count"].integer.map(words.winners))
        default: nil
        }
    }

    private func gift(_ gift: JSON) -> String {
        [gift["sticker"]["emoji"].nonEmptyString, gift["star_count"].integer.map(words.stars)]
            .joinedWith(", ")
    }

    private func uniqueGift(_ gift: JSON) -> String {
        [gift["base_name"].nonEmptyString, gift["number"].integer.map { "#\($0)" }]
            .joinedWith(" ")
    }

    private func prize(_ giveaway: JSON) -> String {
        var parts = [
            giveaway["prize_description"].nonEmptyString,
            giveaway["prize_star_count"].integer.map(words.stars),
            giveaway["premium_subscription_month_count"].integer.map(words.premium),
        ]
        if !giveaway["winners"].isPresent {
            parts.append(giveaway["winner_count"].integer.map(words.winners))
        }
        return parts.joinedWith(", ")
    }

    // MARK: - Calls and bots

    private func ofCall(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "video_chat_scheduled":
            Self.labelled(words.callScheduled, value["start_date"].integer.map(Self.moment))
        case "video_chat_started": words.callStarted
        case "video_chat_ended":
            [words.callEnded, value["duration"].integer.map { words.length(seconds: $0) }]
                .joinedWith(", ")
        case "video_chat_participants_invited":
            Self.labelled(words.callInvitation, names(of: value["users"]))
        default: nil
        }
    }

    private static func moment(_ seconds: Int64) -> String {
        var bytes: [UInt8] = []
        // Far enough for any call, and what is no date stays none.
        let seconds = min(max(seconds, 0), 100_000 * 86_400)
        LocalTime.append(Timestamp(milliseconds: seconds * 1_000), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func ofBot(_ key: String, _ value: JSON) -> String? {
        switch key {
        case "users_shared": Self.labelled(words.usersShared, names(of: value["users"]))
        case "chat_shared": Self.labelled(words.chatShared, value["title"].string)
        case "connected_website": Self.labelled(words.website, value.string)
        case "write_access_allowed":
            Self.labelled(words.writeAccess, value["web_app_name"].string)
        case "passport_data": words.passport
        case "managed_bot_created": Self.labelled(words.botCreated, name(of: value["bot"]))
        case "web_app_data":
            Self.labelled(
                Self.labelled(words.webApp, value["button_text"].string), value["data"].string)
        default: nil
        }
    }
}
