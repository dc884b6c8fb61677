import Chat
import MessageBus
import Sockets

/// The bridge for the chat line protocol, on a TCP port or a Unix socket: `nc localhost 2000` is a
/// client.
package struct TCP: ListeningBridge {
    /// The treatment of a text from a connection without a name.
    package enum Nameless: String, Sendable, CaseIterable, OptionValue {
        /// The text is refused, and the answer tells how to enter.
        case ask
        /// The text is said under a name that the server gives.
        case guest
        /// The text is the name.
        case name
    }

    /// The bridge's options in bridge.json.
    package struct Options: ListeningOptions {
        /// The address it listens on.
        @Option("The address to listen on; port 0 lets the system choose.")
        package var listen = Address.network(host: "0.0.0.0", port: 2_000)
        /// The mode of a Unix socket's file; `nil` leaves it to the umask.
        @Option(
            "The mode of a unix: socket's file, as chmod takes it: whoever may write may connect.",
            absent: "by the umask")
        package var mode: FileMode?
        /// The files of the certificate; `nil` for connections in plain.
        @Option("Encrypts connections by TLS with this certificate.", absent: "plain text")
        package var tls: TLSOptions?
        /// The addresses that proxies connect from.
        @Option("The proxies, whose connections must begin with a PROXY header.")
        package var proxyFrom: [TrustedProxy] = []
        /// Bytes of the longest line.
        @Option(
            "The longest line a client may send, in bytes without its ending.", in: 64...1_048_576)
        package var maxLine: ByteCount = 8_192
        /// The silence that ends a line of a client without line endings.
        @Option(
            "The silence after which a client that sends no line endings has finished a line.",
            in: .milliseconds(1)...)
        package var flushAfter = Duration.milliseconds(200)
        /// The treatment of texts without a name.
        @Option(
            "The treatment of a text without a name: refused, said by a guest, or taken as the name."
        )
        package var nameless = Nameless.ask
        /// The greeting; `nil` for one that tells how to enter.
        @Option("The greeting for new connections; by default how to enter, \"\" for none.")
        package var greeting: String?
        /// True if speakers get their own messages back.
        @Option("Sends speakers their own messages back.")
        package var echo = true
        /// Texts shown to a client that enters a room.
        @Option(
            "The number of a room's last texts that are shown to those who enter, before the join.",
            in: 0...Bus.maxTexts)
        package var historyOnJoin = 0
        /// Connections at a time.
        @Option(
            "Connections in all; one more takes the place of a silent one or gets [full].",
            in: 1...1_000_000)
        package var maxConnections = 10_000
        /// Connections at a time from one address.
        @Option(
            "Connections from one IP address; one more is refused with [full].", in: 1...1_000_000)
        package var maxPerAddress = 1_000
        /// The limit on new connections from one address.
        @Option("The limit on new connections from one address; this machine's are not limited.")
        package var connects = ConnectLimit.Options()
        /// The time within which a connection must have a name.
        @Option(
            "The time after which a connection without a name is closed.",
            in: .milliseconds(1)...)
        package var nameWithin: Duration?
        /// The age at which an unread byte closes its reader's connection.
        @Option(
            "A reader is closed when the oldest byte that it has not taken reaches this age.",
            in: .milliseconds(1)...)
        package var stalledAfter = Duration.seconds(60)
        /// True if passwords may come over connections that are not secure.
        @Option("Takes passwords over connections that are neither encrypted nor this machine's.")
        package var plaintextPasswords = false
        /// The limit on the commands of a connection, or of somebody who is logged in.
        @Option(
            "The limit on commands and changes of name or room, per connection or logged-in person."
        )
        package var commands = CommandBucket.Options()
        /// Bytes of lines that each room keeps for readers that lag.
        @Option(
            "Memory that each room keeps for readers that lag; rounded up to a power of two.",
            in: ByteCount.kibibytes(64)...ByteCount.gibibytes(1))
        package var buffer = ByteCount.mebibytes(4)
        /// Bytes that all answers in progress may hold.
        @Option(
            "Memory for answers to /history, /search, /who and /rooms that clients are reading.",
            in: ByteCount.kibibytes(64)...ByteCount.gibibytes(1))
        package var lists = ByteCount.mebibytes(64)

        /// Names that other programs use for these options.
        package static let synonyms = [
            "host": listening, "port": listening, "address": listening, "addr": listening,
            "bind": listening, "ip": listening, "hostname": listening, "interface": listening,
            "socket": "\"listen\": \"unix:PATH\"",
            "cert": encrypted, "certificate": encrypted, "key": encrypted, "ssl": encrypted,
            "proxyprotocol": "\"proxyFrom\"", "trustedproxies": "\"proxyFrom\"",
            "history": "\"historyOnJoin\"",
            "maxclients": "\"maxConnections\"", "maxlength": "\"maxLine\"",
            "timeout": "\"stalledAfter\"",
        ]

        private static let encrypted = "\"tls\": {\"certificate\": …, \"key\": …}"
        private static let listening = "\"listen\": \"HOST:PORT\""

        /// Makes the defaults.
        package init() {}

        /// Reports lines too long for the buffer, which must hold several of them with names in
        /// front, and an address that another bridge listens on.
        package func validate(_ check: inout OptionCheck) {
            if maxLine.bytes * 8 > buffer.bytes {
                check.problem(
                    """
                    expected at most an eighth of the buffer (\($buffer.found("\(buffer)"))), found \
                    \($maxLine.found("\(maxLine)"))
                    """, at: $maxLine)
            }
            checkAddresses(&check, mode: $mode) { _ in $listen }
            if case .network = listen, let index = proxyFrom.firstIndex(of: .unix) {
                check.warning(
                    "\"unix\" has no effect: \(listen) can't be reached through a Unix socket",
                    at: $proxyFrom[index])
            }
        }

        /// The options that have to do with its connections.
        var listenerSettings: ChatListener.Settings {
            ChatListener.Settings(
                maxConnections: maxConnections, maxPerAddress: maxPerAddress, connects: connects,
                mode: mode, proxyFrom: proxyFrom)
        }
    }

    /// The protocol of the chat.
    package static let protocols = [ApplicationProtocol.puente]
    /// The options that can change while the bridge runs: its limits.
    package static let adjustableOptions: Set<String> = [
        "maxLine", "maxConnections", "maxPerAddress", "connects", "nameWithin", "stalledAfter",
        "commands", "lists",
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
        warnOfDescriptors(port.log)
        if port.direction != .in {
            let rooms = await port.bus.perform { $0.rooms.count }
            let rings = [Int](repeating: Transcript.size(for: options.buffer.bytes), count: rooms)
            try ResourceLimits.checkMemory(
                rings + [options.lists.bytes], for: #"the "buffer" of each room and "lists""#)
        }
        let certificate = try await certificates().first
        try await serve(port) { [options, loop] bus in
            let server = ChatServer(options, port: port, bus: bus, loop: loop)
            try server.listen(on: wanted, certificate)
            return server
        }
    }

    private func warnOfDescriptors(_ log: Log) {
        let free = Descriptors.availableConnections
        if options.maxConnections > free {
            log.warning(
                """
                maxConnections is \(options.maxConnections), but the system allows about \(free): \
                raise the limit of open files (ulimit -n, LimitNOFILE=)
                """)
        }
    }
}

extension Registry {
    /// Registers `tcp`.
    package mutating func registerTCP() {
        bridge("tcp", about: "The chat line protocol: nc is a client.", TCP.init)
    }
}
