import Chat
import JSON
import MessageBus

/// The checks at the start for settings that keep messages from the bot.
struct StartupChecks: Sendable {
    let api: BotAPI
    let settings: BridgeSettings
    let chats: ChatBindings
    let bot: BotIdentity
    let pollConflict: PollConflict

    /// Logs each problem and its remedy; what can't be found out now is left to the first message.
    func run() async {
        settings.log.info("connected as @\(bot.name)")
        for location in chats.superfluous {
            settings.log.warning(
                "\"\(location)\" in \"chats\" is the same chat as another entry now; it is left out"
            )
        }
        if chats.bindings.isEmpty {
            settings.log.warning(
                """
                "chats" is empty: write something in a group that @\(bot.name) is in, and the log \
                will show its id
                """)
        }
        await checkWebhook()
        if !bot.readsAll { await checkPrivacy() }
    }

    private func checkWebhook() async {
        guard settings.port.direction != .out, let info = try? await api.call("getWebhookInfo"),
            info["url"].nonEmptyString != nil
        else { return }
        pollConflict.recordWebhook()
    }

    private func checkPrivacy() async {
        guard settings.port.direction != .out else { return }
        if chats.bindings.isEmpty { warn(of: nil) }
        var seen: Set<Int64> = []
        for binding in chats.bindings {
            let chat = chats.location(of: binding).chat
            // A person's own chat with the bot has no privacy mode.
            guard chat < 0, seen.insert(chat).inserted else { continue }
            do throws(BotAPIError) {
                let member = try await api.call(
                    "getChatMember", ["chat_id": .integer(chat), "user_id": .integer(bot.id)])
                let status = member["status"].string ?? ""
                if !["administrator", "creator"].contains(status) { warn(of: chat) }
            } catch {
                if case .blocked(let answer) = error {
                    settings.log.error("the bot @\(bot.name) is not in the chat \(chat): \(answer)")
                }
            }
        }
    }

    private func warn(of chat: Int64?) {
        let group = chat.map { "\($0)" } ?? "a group"
        settings.log.warning(
            """
            privacy mode is on: of what is said in \(group) the bot sees only commands and answers \
            to itself. Send /setprivacy to @BotFather, choose @\(bot.name) and Disable, then take \
            the bot out of the group and add it again; or make it an admin of the group
            """)
    }
}
