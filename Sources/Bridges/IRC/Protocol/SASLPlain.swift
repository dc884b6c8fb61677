import Foundation
import IRC
import MessageBus

/// The messages of SASL PLAIN (RFC 4616; IRCv3 SASL).
enum SASLPlain {
    /// Characters of base64 in a message; a full message is followed by another one.
    static let chunk = 400

    /// Returns the messages that carry an account and its password.
    static func messages(_ account: IRCAccount) -> [IRCMessage] {
        let name = account.account
        let bytes = Data("\(name)\0\(name)\0\(account.password.reveal())".utf8)
        var rest = bytes.base64EncodedString()[...]
        var messages: [IRCMessage] = []
        while !rest.isEmpty {
            messages.append(IRCMessage("AUTHENTICATE", [String(rest.prefix(chunk))]))
            let wasFull = rest.utf8.count >= chunk
            rest = rest.dropFirst(chunk)
            if wasFull, rest.isEmpty { messages.append(IRCMessage("AUTHENTICATE", ["+"])) }
        }
        return messages
    }
}
