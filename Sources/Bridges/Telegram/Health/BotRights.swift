import JSON

/// The rights of a bot in a chat, as Telegram tells them
/// (core.telegram.org/bots/api#chatmember, #chatpermissions).
struct BotRights: Sendable {
    /// True if the bot is in the chat.
    let isMember: Bool
    /// True if the bot may send texts.
    let mayWrite: Bool
    /// True if the bot is shown everything that is said.
    let readsAll: Bool

    /// Reads the answers to `getChat` and `getChatMember`.
    init(chat: JSON, member: JSON, bot: BotIdentity) {
        let status = member["status"].string ?? ""
        let type = chat["type"].string ?? ""
        let isAdmin = status == "administrator" || status == "creator"
        // A person's own chat with the bot is open to both.
        if type == "private" {
            (isMember, mayWrite, readsAll) = (true, true, true)
            return
        }
        let isRestricted = status == "restricted"
        isMember = isAdmin || status == "member" || isRestricted && member["is_member"].isTrue
        readsAll = isAdmin || bot.readsAll
        mayWrite =
            if type == "channel" {
                status == "creator" || isAdmin && member["can_post_messages"].isTrue
            } else if isRestricted {
                member["can_send_messages"].isTrue
            } else {
                isAdmin || chat["permissions"]["can_send_messages"] != .bool(false)
            }
    }
}
