import Chat
import MessageBus
import Sockets

/// The bridge for clients of IRC: rooms are channels, people are nicks.
package struct IRCServer: ListeningBridge {
    /// The bridge's options in bridge.json.
    package struct Options: ListeningOptions {
        /// The address it listens on.
        @Option("The address to listen on; port 0 lets the system choose.")
        package var listen = Address.network(host: "0.0.0.0", port: 6_667)
        /// The mode of a Unix socket's file; `nil` leaves it to the umask.
        @Option(
            "The mode of a unix: socket's file, as chmod takes it: whoever may write may connect.",
            absent: "by the umask")
        package var mode: FileMode?
        /// The address for WebSockets; `nil` for none.
        @Option("The address for clients that speak IRC over a WebSocket.", absent: "none")
        package var websocket: Address?
        /// The sites whose pages may open a WebSocket.
        @Option("Further origins whose pages may connect, such as \"https://chat.example.org\".")
        package var origins: [String] = []
        /// The files of the certificate; `nil` for connections in plain.
        @Option("Encrypts connections by TLS with this certificate.", absent: "plain text")
        package var tls: TLSOptions?
        /// The addresses that proxies connect from.
        @Option(
            "The proxies: their connections begin with a PROXY header, their WebSockets name clients by X-Forwarded-For."
        )
        package var proxyFrom: [TrustedProxy] = []
        /// The sentences about the rooms.
        @Option("Rooms and the sentences that their channels have as a topic.")
        package var topics: [String: String] = [:]
        /// Texts shown to a client that enters a channel.
        @Option(
            "The number of a room's last texts that are shown to those who join, unless their client asks for history.",
            in: 0...500)
        package var historyOnJoin = 20
        /// Connections at a time.
        @Option(
            "Connections in all; one more takes the place of a silent one or is refused.",
            in: 1...1_000_000)
        package var maxConnections = 10_000
        /// Connections at a time from one address.
        @Option("Connections from one IP address; one more is refused.", in: 1...1_000_000)
        package var maxPerAddress = 1_000
        /// The limit on new connections from one address.
        @Option("The limit on new connections from one address; this machine's are not limited.")
        package var connects = ConnectLimit.Options()
        /// The age at which an unread byte closes its reader's connection.
        @Option(
            "A reader is closed when the oldest byte that it has not taken reaches this age.",
            in: .milliseconds(1)...)
        package var stalledAfter = Duration.seconds(60)
        /// True if passwords may come over connections that are not secure.
        @Option("Takes passwords over connections that are neither encrypted nor this machine's.")
        package var plaintextPasswords = false
        /// The limit on the commands of a connection, or of somebody who is logged in.
        @Option("The limit on commands other than texts, per connection or logged-in person.")
        package var commands = CommandBucket.Options()
        /// Bytes of lines that each room keeps for readers that lag.
        @Option(
            "Memory that each room keeps for readers that lag, for each of at most 8 sets of capabilities; rounded up to a power of two.",
            in: ByteCount.kibibytes(64)...ByteCount.gibibytes(1))
        package var buffer = ByteCount.mebibytes(1)

        /// Names that other programs have for these options.
        package static let synonyms = [
            "host": listening, "port": listening, "address": listening, "addr": listening,
            "bind": listening, "ip": listening, "hostname": listening, "interface": listening,
            "socket": "\"listen\": \"unix:PATH\"",
            "cert": encrypted, "certificate": encrypted, "key": encrypted, "ssl": encrypted,
            "ws": "\"websocket\"", "web": "\"websocket\"", "topic": "\"topics\"",
            "proxyprotocol": "\"proxyFrom\"", "trustedproxies": "\"proxyFrom\"",
            "proxies": "\"proxyFrom\"", "history": "\"historyOnJoin\"",
            "maxclients": "\"maxConnections\"", "timeout": "\"stalledAfter\"",
        ]

        private static let encrypted = "\"tls\": {\"certificate\": …, \"key\": …}"
        private static let listening = "\"listen\": \"HOST:PORT\""

        /// Makes the defaults.
        package init() {}

        /// Reports addresses, origins and topics that can't be used.
        package func validate(_ check: inout OptionCheck) {
            for (index, origin) in origins.enumerated() where OriginList([origin]) == nil {
                check.problem(
                    """
                    expected an origin like "https://chat.example.org", without a path, found \
                    \($origins.found(origin.shortened(to: 60).quoted))
                    """, at: $origins[index])
            }
            for (room, topic) in topics.sorted(by: { $0.key < $1.key }) where topic.utf8.count > 390
            {
                check.problem(
                    "expected at most 390 bytes, found \(topic.utf8.count)",
                    at: $topics.location.member(room, at: $topics.location.position))
            }
            checkAddresses(&check, mode: $mode) { $0.option == "listen" ? $listen : $websocket }
            if websocket == listen, !listen.isAnyPort {
                check.problem("\(listen) is the address of \"listen\"", at: $websocket)
            }
        }

        /// The addresses for IRC and, if there is one, for WebSockets.
        package var addresses: [ListenAddress] {
            [ListenAddress(listen, of: "listen")]
                + (websocket.map { [ListenAddress($0, of: "websocket")] } ?? [])
        }

        /// The options that have to do with connections.
        var listenerSettings: ChatListener.Settings {
            ChatListener.Settings(
                maxConnections: maxConnections, maxPerAddress: maxPerAddress, connects: connects,
                mode: mode, proxyFrom: proxyFrom)
        }
    }

    /// The protocols of the two ports: IRC, and HTTP for WebSockets.
    package static let protocols = [ApplicationProtocol.irc, .http1]
    /// The options that can change while the bridge runs: its limits, and what clients are told
    /// when they join.
    package static let adjustableOptions: Set<String> = [
        "maxConnections", "maxPerAddress", "connects", "stalledAfter", "commands",
        "historyOnJoin", "topics",
    ]
    /// The options and the loop, and the server while it runs.
    package let shared: RunningServer<Options>

    /// Makes a bridge that does not listen yet.
    package init(_ options: Options, _ context: Context) {
        shared = RunningServer(options, context)
    }

    /// Listens until the bus stops, then sends every client what it is owed.
    package func run(_ port: Port) async throws {
        let wanted = try await options.listen.resolved(directory)
        let web = try await options.websocket?.resolved(directory) ?? []
        if port.direction != .in {
            let rooms = await port.bus.perform { $0.rooms.count }
            try ResourceLimits.checkMemory(
                [Int](
                    repeating: Transcript.size(for: options.buffer.bytes),
                    count: ServedNetwork.maxSharedForms * rooms),
                for: #"the "buffer" of each room"#)
        }
        let certificates = try await certificates()
        try await serve(port) { [options, loop] bus in
            let network = ServedNetwork(options, port: port, bus: bus, loop: loop)
            try network.listen(on: wanted, webSockets: web, certificates)
            return network
        }
    }
}

extension Registry {
    /// Registers `ircd`.
    package mutating func registerIRCServer() {
        bridge("ircd", about: "IRC: any client of IRC is a client of the chat.", IRCServer.init)
    }
}
