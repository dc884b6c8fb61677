import Chat
import JSON
import MessageBus

/// The bot that a token belongs to.
struct BotIdentity: Sendable {
    let id: Int64
    let name: String
    /// True if the bot is shown everything that is said in a group.
    let readsAll: Bool

    /// Asks Telegram for the bot.
    init(_ api: BotAPI, within deadline: Duration) async throws(BotAPIError) {
        let result = try await api.call("getMe", within: deadline)
        guard let id = result["id"].integer else {
            throw .unreachable("the answer names no bot", mayHaveArrived: true)
        }
        self.id = id
        name = result["username"].string ?? "?"
        readsAll = result["can_read_all_group_messages"].isTrue
    }
}
