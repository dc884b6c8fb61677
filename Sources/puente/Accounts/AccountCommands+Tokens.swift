import Accounts
import Chat
import MessageBus
import Sockets
import Store
import Wiring

extension AccountCommands {
    /// Lists the tokens: day, name and restrictions.
    func listTokens() throws {
        for token in try store.tokens() {
            var line = "\(Self.day(token.created))  \(token.name)"
            if let room = token.room { line += "  room \(room)" }
            if token.isReadOnly { line += "  read only" }
            Terminal.printLine(line)
        }
    }

    /// Makes a token and shows its secret, once.
    func addToken(_ text: String, room: String?, isReadOnly: Bool) throws {
        let name = try chosen(text)
        if let room, !location.rooms.contains(room) {
            throw Refusal.usage("there is no room \(room.quoted) in \(file)")
        }
        try refuseTaken(name.key, shown: name.text)
        let secret = TokenSecret.make()
        let digest = SHA256.digest(of: secret.utf8)
        let token = Token(
            name.text, key: name.key, room: room, isReadOnly: isReadOnly, created: now)
        guard try store.add(token, digest: digest) else {
            throw Refusal.impossible("\(name.text.quoted) is the name of a token")
        }
        Terminal.printLine(secret)
        Terminal.printError(
            "The secret of \(name.text). It is stored nowhere: it is shown only now.")
    }

    /// Removes a token.
    func removeToken(_ name: String) throws {
        guard try store.removeToken(NameFolding.key(name)) else {
            throw Refusal.unknown("there is no token \(name.quoted)")
        }
        Terminal.printLine("\(name): token removed")
    }
}
