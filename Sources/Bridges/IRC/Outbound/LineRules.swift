import IRC

/// The rules that lines must follow on a connection.
struct LineRules: Sendable {
    /// Bytes of `:nick!user@host `, which the server puts in front of what it passes on.
    var prefixBytes: Int
    /// The capabilities in use.
    var capabilities: Capabilities
    /// The instance of Puente that sends the lines.
    var instance = ""
    /// The instance of Puente that the server belongs to; `nil` if it is another server.
    var serverInstance: String?

    /// Bytes of a text to a channel.
    func textBytes(to channel: String) -> Int {
        // PRIVMSG, two spaces, the colon, CR and LF.
        IRCMessage.maxLine - prefixBytes - channel.utf8.count - 12
    }
}
