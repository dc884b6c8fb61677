import IRC

/// The rules of a connection that lines have to keep to.
struct LineRules: Sendable {
    /// Bytes of `:nick!user@host `, which the server puts in front of what it passes on.
    var prefixBytes: Int
    /// The capabilities in use.
    var capabilities: Capabilities

    /// Bytes of a text to a channel.
    func textBytes(to channel: String) -> Int {
        // PRIVMSG, two spaces, the colon, CR and LF.
        IRCMessage.maxLine - prefixBytes - channel.utf8.count - 12
    }
}
