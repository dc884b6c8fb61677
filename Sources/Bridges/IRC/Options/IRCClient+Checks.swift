import Chat
import MessageBus

extension IRCClient.Options {
    /// Names that other programs have for the options.
    package static let synonyms = [
        "host": "\"server\": \"HOST:PORT\"", "address": "\"server\": \"HOST:PORT\"",
        "port": "\"server\": \"HOST:PORT\"", "network": "\"server\": \"HOST:PORT\"",
        "ssl": "\"tls\"", "usetls": "\"tls\"", "nickname": "\"nick\"", "name": "\"nick\"",
        "altnick": "\"alternatives\"", "username": "\"user\"", "ident": "\"user\"",
        "gecos": "\"realname\"", "nickserv": "\"sasl\"", "account": "\"sasl\"",
        "channel": channelsForm, "chans": channelsForm, "join": channelsForm,
        "format": "\"outgoingFormat\"", "remotenickformat": "\"outgoingFormat\"",
        "ignorenicks": "\"ignore\"", "messagedelay": "\"flood\"",
    ]

    private static let channelsForm = "\"channels\": {\"#CHANNEL\": \"ROOM\"}"

    /// The host and the port of the server.
    var endpoint: (host: String, port: UInt16) {
        guard case .network(let host, let port) = server else { return ("", 0) }
        return (host, UInt16(clamping: port))
    }

    /// The encryption that the file asks for: `nil` for a connection in plain.
    var encryption: ServerEncryption.Verification? {
        guard let tls else { return endpoint.port == Self.encryptedPort ? .system : nil }
        return tls.verification
    }

    /// The port of IRC over TLS (RFC 7194).
    static let encryptedPort: UInt16 = 6_697

    /// True if the server's name is one of this machine.
    var isServerLocal: Bool {
        let host = endpoint.host.lowercased()
        return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// True if something is sent that nobody else may read.
    var hasSecrets: Bool { sasl != nil || password != nil }

    func checkServer(_ check: inout OptionCheck) {
        guard case .network(_, let port) = server else {
            return check.problem(
                "expected a host and a port like \"irc.example.org:6697\", found \(server.rendered)",
                at: $server)
        }
        if port == 0 {
            check.problem("expected a port from 1 to 65535 behind the colon, found 0", at: $server)
        }
    }

    func checkNames(_ check: inout OptionCheck) {
        for (index, name) in ([nick] + alternatives).enumerated() where !Self.isNick(name) {
            let place = index == 0 ? $nick.location : $alternatives[index - 1]
            check.problem(
                """
                expected a nick: letters, digits and -_[]{}\\|`^, no digit or - in front, found \
                \(name.shortened(to: 40).quoted)
                """, at: place)
        }
        if let user, !Self.isUser(user) {
            check.problem(
                "expected a user name without spaces and @, found \(user.quoted)", at: $user)
        }
        if realname.isEmpty || realname.utf8.contains(where: { $0 < 0x20 }) {
            check.problem("expected a name in one line, found \(realname.quoted)", at: $realname)
        }
    }

    /// Returns whether a text can be a nick (RFC 2812 section 2.3.1; networks may take more).
    static func isNick(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
        return first != UInt8(ascii: "-") && !(0x30...0x39).contains(first)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x7D, UInt8(ascii: "-"): true
                case 0x80...: true
                default: false
                }
            }
    }

    private static func isUser(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 32
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x40 && $0 != 0x3A && $0 != 0x7F }
    }

    /// Reports passwords that anybody on the way could read.
    func checkSecrets(_ check: inout OptionCheck) {
        if let sasl, sasl.isTooLong {
            check.problem("an account and a password have at most 300 bytes each", at: $sasl)
        }
        if let password, password.reveal().utf8.contains(where: { $0 < 0x20 }) {
            check.problem("a password of a server has no control characters", at: $password)
        }
        guard encryption == nil, !isServerLocal else { return }
        let sentence = "is sent only by TLS to a verified server: add \"tls\": true"
        if sasl != nil { check.problem("the account's password \(sentence)", at: $sasl) }
        if password != nil { check.problem("the server's password \(sentence)", at: $password) }
    }

    func checkChannels(_ check: inout OptionCheck) {
        check.problems(channels.problems)
        if channels.isEmpty, channels.problems.isEmpty {
            check.warning("there are no channels, so nothing is relayed", at: $channels)
        }
    }
}
