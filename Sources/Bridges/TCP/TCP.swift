import Chat
import MessageBus
import Sockets

/// The chat line protocol on a TCP port or a Unix socket: `nc localhost 2000` is a client.
public struct TCP: Bridge {
    /// What becomes of what somebody says who has no name.
    public enum Nameless: String, Sendable, CaseIterable, OptionValue {
        /// It is refused, and they are told how to enter.
        case ask
        /// They say it under a name that they are given.
        case guest
        /// It is their name.
        case name
    }

    /// What bridge.json may say about it.
    public struct Options: PluginOptions {
        /// Where it listens.
        @Option("The address to listen on; port 0 lets the system choose.")
        public var listen = Address.network(host: "0.0.0.0", port: 2_000)
        /// The longest line.
        @Option(
            "The longest line a client may send, in bytes without its ending.", in: 64...1_048_576)
        public var maxLine: ByteCount = 8_192
        /// When a client without line endings has finished a line.
        @Option(
            "The silence after which a client that sends no line endings has finished a line.",
            in: .milliseconds(1)...)
        public var flushAfter = Duration.milliseconds(200)
        /// What becomes of texts without a name.
        @Option("What becomes of a text without a name: refused, said by a guest, or the name.")
        public var nameless = Nameless.ask
        /// What those are told who connect.
        @Option("What is told to those who connect; by default how to enter, \"\": nothing.")
        public var greeting: String?
        /// Whether speakers hear themselves.
        @Option("Whether those who speak get their own messages back.")
        public var echo = true
        /// What those who enter are shown.
        @Option(
            "How many of a room's last texts are shown to who enters it, in front of the join.",
            in: 0...Bus.mostTexts)
        public var historyOnJoin = 0
        /// How many may be connected.
        @Option(
            "Connections in all; one more takes the place of a silent one or gets [full].",
            in: 1...1_000_000)
        public var maxConnections = 10_000
        /// How many may be connected from one address.
        @Option(
            "Connections from one IP address; one more is refused with [full].", in: 1...1_000_000)
        public var maxPerAddress = 1_000
        /// How fast new connections may come.
        @Option("How fast new connections from one address may come; not from this machine.")
        public var connects = Connects()
        /// How long a connection may have no name.
        @Option(
            "How long a connection may go without a name before it is closed.",
            in: .milliseconds(1)...)
        public var nameWithin: Duration?
        /// How long a byte may wait for its reader.
        @Option(
            "How old the oldest byte may become that a reader has not taken before it is closed.",
            in: .milliseconds(1)...)
        public var stalledAfter = Duration.seconds(60)
        /// How many commands a connection may give.
        @Option("How many commands and changes of name or room a connection may give.")
        package var commands = CommandBucket.Options()
        /// What a room keeps for those who lag.
        @Option(
            "What each room keeps for readers that lag; rounded up to a power of two.",
            in: ByteCount.kibibytes(64)...ByteCount.gibibytes(1))
        public var buffer = ByteCount.mebibytes(4)
        /// What lists hold.
        @Option(
            "What the answers to /history, /search, /who and /rooms hold that clients are reading.",
            in: ByteCount.kibibytes(64)...ByteCount.gibibytes(1))
        public var lists = ByteCount.mebibytes(64)

        /// Names that other programs have for these.
        public static let synonyms = [
            "host": listening, "port": listening, "address": listening, "addr": listening,
            "bind": listening, "ip": listening, "hostname": listening, "interface": listening,
            "socket": "\"listen\": \"unix:PATH\"", "history": "\"historyOnJoin\"",
            "maxclients": "\"maxConnections\"", "maxlength": "\"maxLine\"",
            "timeout": "\"stalledAfter\"",
        ]

        private static let listening = "\"listen\": \"HOST:PORT\""

        /// Makes the defaults.
        public init() {}

        /// A line has to fit into the buffer with a name in front of it, many times over.
        public func validate(_ check: inout OptionCheck) {
            if maxLine.bytes * 8 > buffer.bytes {
                check.problem(
                    """
                    expected at most an eighth of the buffer (\($buffer.found("\(buffer)"))), found \
                    \($maxLine.found("\(maxLine)"))
                    """, at: $maxLine)
            }
            if case .unix(let path) = listen { check.file(path, at: $listen) }
            // With port 0 the system finds a free one for each.
            if case .network(_, port: 0) = listen { return }
            check.unique(
                "\(listen)", "address", expected: "an address of its own", at: $listen)
        }
    }

    private let options: Options
    private let loop: EventLoop
    private let directory: @Sendable (String) -> String

    /// Makes a bridge that does not listen yet.
    public init(_ options: Options, _ context: Context) {
        self.options = options
        loop = context.loop
        directory = { context.path($0) }
    }

    /// Listens until the bus stops, then lets everybody read to the end.
    public func run(_ port: Port) async throws {
        let wanted = try await addresses()
        warnOfDescriptors(port.log)
        if port.direction != .in {
            let rooms = await port.bus.perform { $0.rooms.count }
            let rings = [Int](repeating: Transcript.size(for: options.buffer.bytes), count: rooms)
            try ResourceLimits.checkMemory(
                rings + [options.lists.bytes], for: #"the "buffer" of each room and "lists""#)
        }
        let (options, loop) = (options, loop)
        let server = try await port.bus.perform { bus in
            let server = ChatServer(options, port: port, bus: bus, loop: loop)
            try server.listen(on: wanted)
            return server
        }
        await withTaskCancellationHandler {
            await port.openSource()
            for address in server.addresses {
                port.log.always(Phrases(port.language).listening(on: address))
            }
            await port.ready()
            await port.stopping()
            await port.bus.perform { server.stopReading($0) }
            await port.closeSource()
            await server.waitUntilDone(port.bus)
        } onCancel: {
            port.bus.post { server.closeAll($0) }
        }
    }

    private func warnOfDescriptors(_ log: Log) {
        let free = ChatListener.mostConnections
        if options.maxConnections > free {
            log.warning(
                """
                maxConnections is \(options.maxConnections), but the system allows about \(free): \
                raise the limit of open files (ulimit -n, LimitNOFILE=)
                """)
        }
    }

    private func addresses() async throws -> [SocketAddress] {
        switch options.listen {
        case .unix(let path): return [try SocketAddress.unix(path: directory(path))]
        case .network(let host, let port):
            // The system's resolver waits for the network: not on a thread that others need.
            let found = try await DedicatedThread.run(named: "resolver") {
                Result { try SocketAddress.resolve(host: host, port: UInt16(clamping: port)) }
            }
            return try found.get()
        }
    }
}

extension Registry {
    /// Makes `tcp` known.
    package mutating func registerTCP() {
        bridge("tcp", about: "The chat line protocol: nc is a client.", TCP.init)
    }
}
