import Chat
import MessageBus

extension Telegram.Options {
    /// Names that other programs have for the options.
    package static let synonyms = [
        "bottoken": "\"token\"", "apikey": "\"token\"", "apitoken": "\"token\"", "key": "\"token\"",
        "chat": chats, "chatid": chats, "group": chats, "groups": chats, "groupid": chats,
        "channel": chats, "channels": chats, "chatids": chats, "apiurl": "\"api\"",
        "baseurl": "\"api\"", "server": "\"api\"", "url": "\"api\"", "format": "\"outgoingFormat\"",
    ]

    private static let chats = "\"chats\": {\"-1001234567890\": \"ROOM\"}"

    /// Checks that the token looks as Telegram gives them out: a number, a colon, some 35
    /// characters.
    ///
    /// A local server's may look different.
    func checkToken(_ check: inout OptionCheck) {
        let text = token.reveal()
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumbered =
            parts.count == 2 && !parts[0].isEmpty
            && parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) }
        let isTelegrams = api == Self().api
        if !APIAddress.isToken(text) || (isTelegrams && !isNumbered) {
            var hint = ""
            if text.hasPrefix("$") { hint = "; a variable is written ${env:NAME}" }
            if text.first?.isWhitespace == true || text.last?.isWhitespace == true {
                hint = "; there is white space around it"
            }
            check.problem("expected the bot's token as @BotFather gave it\(hint)", at: $token)
            return
        }
        // If two bridges poll with one token, each gets only a part of the updates.
        check.unique(text, "token", expected: "a bot of its own", at: $token)
        if !isTelegrams { return }
        let count = parts.last?.utf8.count ?? 0
        if count < 30 || parts[0].utf8.count < 6 || text.contains(where: { ".~".contains($0) }) {
            check.warning(
                "@BotFather's tokens look different: a number, a colon and 35 characters",
                at: $token)
        }
    }

    /// Checks that the token may be sent to the address.
    func checkAddress(_ check: inout OptionCheck) {
        let found = $api.found(api.shortened(to: 60).quoted) + api.oddCharacter
        if !APIAddress.isAllowed(api) {
            check.problem(
                "expected an https address, or http to this machine, found \(found)", at: $api)
        } else if !APIAddress.hasGoodPort(api) {
            check.problem(
                "expected a port from 1 to 65535 behind the colon, found \(found)", at: $api)
        }
    }

    /// Checks the chats, and warns if there are none.
    func checkChats(_ check: inout OptionCheck) {
        check.problems(chats.problems)
        for (key, location) in chats.keyLocations {
            guard let chat = ChatLocation(key), let room = chats[key]?.text else { continue }
            // If two bots were in one chat, each would bring in all messages, including the other
            // bot's posts.
            check.unique(
                "\(chat) \(room)", "chat and room", expected: "one bot for a chat and a room",
                at: location)
        }
        if chats.isEmpty, chats.problems.isEmpty {
            check.warning(
                """
                there are no chats, so nothing is relayed: write something in a group that the bot is \
                in, and the log says what to write here
                """, at: $chats)
        }
    }
}
