import Chat
import JSON
import MessageBus
import Sockets

extension Telegram: ConnectionChecking {
    /// Checks the token and the bot's rights in its chats: it only asks, and sends nothing to
    /// anybody.
    package func checkConnection() async -> [ConnectionFinding] {
        let api: BotAPI
        do {
            api = BotAPI(try HTTPClient(on: loop), at: options.api, token: options.token)
        } catch {
            return [.fails("\(error)")]
        }
        do throws(BotAPIError) {
            let bot = try await BotIdentity(api, within: Self.checkDeadline)
            let chats = Set(options.places.keys.map(\.chat)).sorted()
            if chats.isEmpty {
                return [
                    .works("the token is that of @\(bot.name)"),
                    .untried("\"chats\" is empty: no group to look at"),
                ]
            }
            var findings = [ConnectionFinding.works("the token is that of @\(bot.name)")]
            for chat in chats { findings.append(await finding(chat, bot, api)) }
            return findings
        } catch {
            if case .unknownBot(let answer) = error {
                return [.fails(BotAPIError.sentence(unknownBot: answer))]
            }
            return [.fails("Telegram can't be asked: \(error): check the network and \"api\"")]
        }
    }

    /// The time for one call: there are several in the ten seconds of a check.
    private static let checkDeadline = Duration.seconds(4)

    /// Looks at one chat.
    private func finding(
        _ chat: Int64, _ bot: BotIdentity, _ api: BotAPI
    ) async -> ConnectionFinding {
        do throws(BotAPIError) {
            let about = try await api.call(
                "getChat", ["chat_id": .integer(chat)], within: Self.checkDeadline)
            let member = try await api.call(
                "getChatMember", ["chat_id": .integer(chat), "user_id": .integer(bot.id)],
                within: Self.checkDeadline)
            let rights = BotRights(chat: about, member: member, bot: bot)
            if !rights.isMember {
                return .fails("\(chat): @\(bot.name) is not in it: add the bot to the group")
            }
            if direction != .in, !rights.mayWrite {
                return .fails(
                    "\(chat): @\(bot.name) may not write there: allow it, or make it an admin")
            }
            if direction != .out, !rights.readsAll {
                return .fails(
                    """
                    \(chat): @\(bot.name) sees only commands and answers to itself: send \
                    /setprivacy to @BotFather and choose Disable, then add it again; or make it an \
                    admin
                    """)
            }
            let abilities =
                switch direction {
                case .both: "reads and may write"
                case .in: "reads"
                case .out: "may write"
                }
            return .works("\(chat): @\(bot.name) \(abilities)")
        } catch {
            switch error {
            case .migrated(let new):
                return .fails("\(chat): the group has become \(new): write that in \"chats\"")
            case .blocked(let answer), .rejected(let answer):
                return .fails("\(chat): \(answer): add @\(bot.name) to it, or check \"chats\"")
            default: return .fails("\(chat): \(error)")
            }
        }
    }
}
