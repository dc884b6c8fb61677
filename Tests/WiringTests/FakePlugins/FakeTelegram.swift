import MessageBus

/// Stands in for a bridge with secrets.
struct FakeTelegram: FakeBridge {
    struct Options: PluginOptions {
        @Option("The bot's token.") var token: Secret
        @Option("More tokens.") var spare: [Secret] = []
        @Option("Passwords by name.") var passwords: [String: Secret] = [:]
        @Option("The chats and their rooms.") var chats: [String: RoomName] = [:]

        func validate(_ check: inout OptionCheck) {
            check.unique(token.reveal(), "token", expected: "a bot of its own", at: $token)
            for chat in chats.keys.sorted() where !chat.hasPrefix("-") {
                check.problem("expected a chat's id", at: $chats.key(chat))
            }
        }
    }

    let options: Options

    init(_ options: Options) { self.options = options }
}
