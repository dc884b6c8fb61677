/// The origin of a line: a server, or a client with its nick, user and host.
package struct IRCSource: Sendable, Hashable, CustomStringConvertible {
    /// The nick, or the name of a server.
    package var nick: String
    /// The name of the user; `nil` if it is not told.
    package var user: String?
    /// The host; `nil` if it is not told.
    package var host: String?

    /// Makes a source.
    package init(nick: String, user: String? = nil, host: String? = nil) {
        self.nick = nick
        self.user = user
        self.host = host
    }

    /// Reads `nick!user@host`, of which all but the nick may be absent.
    package init(_ text: String) {
        let afterNick = text.firstIndex { $0 == "!" || $0 == "@" } ?? text.endIndex
        nick = String(text[..<afterNick])
        var rest = text[afterNick...]
        if rest.first == "!" {
            rest = rest.dropFirst()
            let end = rest.lastIndex(of: "@") ?? rest.endIndex
            user = String(rest[..<end])
            rest = rest[end...]
        }
        if rest.first == "@" { host = String(rest.dropFirst()) }
    }

    /// `nick!user@host`, without what is not told.
    package var description: String {
        nick + (user.map { "!\($0)" } ?? "") + (host.map { "@\($0)" } ?? "")
    }
}
