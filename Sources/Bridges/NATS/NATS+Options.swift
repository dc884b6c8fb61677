import Chat
import MessageBus
import TimeUnits

extension NATS {
    /// The options in bridge.json.
    package struct Options: PluginOptions {
        @Option("The addresses of servers of one cluster, nats:// or tls://.")
        package var servers: [String]
        @Option("The path of a credentials file (.creds).", absent: "none")
        package var credentials: String?
        @Option("A key of ours that the server knows.", absent: "none")
        package var nkey: NKeyOptions?
        @Option("The name by which the server knows this instance.", absent: "none")
        package var user: String?
        @Option("Its password.", absent: "none")
        package var password: Secret?
        @Option("A token that the server accepts.", absent: "none")
        package var token: Secret?
        @Option("Files for encrypted connections.", absent: "none")
        package var tls: BrokerTLSOptions?
        @Option("The stream that the instances share.")
        package var stream = "PUENTE"
        @Option("Copies of the stream, each on another server, if this bridge makes it.", in: 1...5)
        package var replicas = 1
        @Option(
            "The time for which it keeps messages, if this bridge makes it.", in: .seconds(60)...)
        package var maxAge = Duration.seconds(7 * 86_400)
        @Option("The size that it may have, if this bridge makes it.", in: .mebibytes(1)...)
        package var maxBytes = ByteCount.gibibytes(1)
        @Option(
            "The rooms that are shared; an object if they have other names there.",
            absent: "all")
        package var rooms: SharedRooms?
        @Option("Tells joins and leaves, lists people, and passes private messages on.")
        package var presence = true
        @Option(
            "The period whose messages are published again if the broker has forgotten them.",
            in: .zero...)
        package var resend = Duration.seconds(3_600)

        /// Makes the defaults.
        package init() {}

        /// Names that other programs have for the options.
        package static let synonyms = [
            "server": "\"servers\"", "url": "\"servers\"", "urls": "\"servers\"",
            "username": "\"user\"", "pass": "\"password\"", "creds": "\"credentials\"",
            "subject": "\"stream\"", "nkeys": "\"nkey\"", "seed": "\"nkey\"",
            "room": "\"rooms\"", "maxage": "\"maxAge\"", "maxbytes": "\"maxBytes\"",
        ]

        /// Reports invalid addresses, and credentials that don't fit together.
        package func validate(_ check: inout OptionCheck) {
            if servers.isEmpty { check.problem("expected at least one address", at: $servers) }
            for (index, server) in servers.enumerated() where !Self.isAddress(server) {
                check.problem(
                    "expected an address like \"nats://127.0.0.1:4222\", found \(server.quoted)",
                    at: $servers[index])
            }
            let ways = [credentials != nil, nkey != nil, user != nil, token != nil]
            if ways.count(where: \.self) > 1 {
                check.problem(
                    "expected one of \"credentials\", \"nkey\", \"user\" and \"token\", found more")
            }
            if password != nil, user == nil {
                check.problem("a password needs \"user\" beside it", at: $password)
            }
            if let credentials { check.readFile(credentials, at: $credentials) }
            if !Self.isStreamName(stream) {
                check.problem(
                    "expected a name of letters, digits, _ and -, found \(stream.quoted)",
                    at: $stream)
            }
        }

        private static func isAddress(_ text: String) -> Bool {
            guard let host = BrokerAccess.host(of: text), !host.isEmpty else { return false }
            guard let scheme = text.firstRange(of: "://") else { return !text.contains(" ") }
            // Passwords have options of their own, which are never shown.
            return ["nats", "tls"].contains(String(text[..<scheme.lowerBound]))
                && !text.contains("@") && !text.contains(" ")
        }

        private static func isStreamName(_ text: String) -> Bool {
            (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
                    default: false
                    }
                }
        }

        /// Returns the servers and credentials; paths are relative to bridge.json.
        func access(_ path: (String) -> String) -> BrokerAccess {
            var access = BrokerAccess(servers: servers)
            access.user = user
            access.password = password
            access.token = token
            access.credentials = credentials.map(path)
            access.nkey = nkey.map { BrokerAccess.NKey(user: $0.user, seed: $0.seed) }
            access.isSecure = tls != nil
            access.authorities = tls?.authorities.map(path)
            access.certificate = tls?.certificate.map(path)
            access.key = tls?.key.map(path)
            return access
        }

        /// The settings with which the stream is made where there is none.
        var settings: StreamSettings {
            StreamSettings(
                name: stream, replicas: replicas,
                maxAge: .seconds(maxAge.wholeSeconds), maxBytes: maxBytes.bytes)
        }
    }
}
