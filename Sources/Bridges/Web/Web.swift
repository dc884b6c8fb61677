import Chat
import MessageBus
import Sockets

/// The bridge for browsers and programs: a chat page, the WebSocket that it uses, and an HTTP API.
package struct Web: ListeningBridge {
    /// The bridge's options in bridge.json.
    package struct Options: ListeningOptions {
        /// The address it listens on.
        @Option("The address to listen on; port 0 lets the system choose.")
        package var listen = Address.network(host: "127.0.0.1", port: 8_080)
        /// The mode of a Unix socket's file; `nil` for what the process's mask leaves.
        @Option(
            "The mode of a unix: socket's file, as chmod takes it: whoever may write may connect.",
            absent: "by the umask")
        package var mode: FileMode?
        /// The files of the certificate; `nil` for connections in plain.
        @Option("Encrypts connections by TLS with this certificate.", absent: "plain HTTP")
        package var tls: TLSOptions?
        /// The title of the page; `nil` for the instance's name.
        @Option("The title of the page and of the installed app.", absent: "the instance's name")
        package var title: String?
        /// The sites whose pages may open a WebSocket.
        @Option("Further origins whose pages may connect, such as \"https://chat.example.org\".")
        package var origins: [String] = []
        /// The proxies that are believed.
        @Option("The reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.")
        package var proxies: [TrustedProxy] = []
        /// The tokens of programs.
        @Option("Names of programs and the secrets by which they read and post.")
        package var tokens: [String: Secret] = [:]
        /// Connections at a time.
        @Option("Connections in all; one more is refused with 503.", in: 1...1_000_000)
        package var maxConnections = 10_000
        /// Connections at a time from one address.
        @Option("Connections from one IP address; one more is refused with 503.", in: 1...1_000_000)
        package var maxPerAddress = 100
        /// Bytes of events that each room keeps for readers that lag.
        @Option(
            "Memory that each room keeps for readers that lag, in each of two forms; rounded up to a power of two.",
            in: ByteCount.kibibytes(64)...ByteCount.gibibytes(1))
        package var buffer = ByteCount.mebibytes(4)
        /// The age at which an unread byte closes its reader's connection.
        @Option(
            "A reader is closed when the oldest byte that it has not taken reaches this age.",
            in: .milliseconds(1)...)
        package var stalledAfter = Duration.seconds(60)
        /// True if passwords may come over connections that are not secure.
        @Option("Takes passwords over connections that are neither encrypted nor this machine's.")
        package var plaintextPasswords = false

        /// Names that other programs have for these options.
        package static let synonyms = [
            "host": listening, "port": listening, "address": listening, "addr": listening,
            "bind": listening, "ip": listening, "hostname": listening, "interface": listening,
            "socket": "\"listen\": \"unix:PATH\"",
            "cert": encrypted, "certificate": encrypted, "key": encrypted, "ssl": encrypted,
            "origin": "\"origins\"", "cors": "\"origins\"", "allowedorigins": "\"origins\"",
            "proxy": "\"proxies\"", "proxyfrom": "\"proxies\"", "trustedproxies": "\"proxies\"",
            "token": "\"tokens\"", "apikeys": "\"tokens\"", "name": "\"title\"",
            "maxclients": "\"maxConnections\"", "timeout": "\"stalledAfter\"",
        ]

        private static let encrypted = "\"tls\": {\"certificate\": …, \"key\": …}"
        private static let listening = "\"listen\": \"HOST:PORT\""
        /// Bytes of a secret at least: 128 bits, if it is random.
        private static let minSecret = 16

        /// Makes the defaults.
        package init() {}

        /// Reports origins, tokens and addresses that can't be used.
        package func validate(_ check: inout OptionCheck) {
            for (index, origin) in origins.enumerated() where OriginList([origin]) == nil {
                check.problem(
                    """
                    expected an origin like "https://chat.example.org", without a path, found \
                    \($origins.found(origin.shortened(to: 60).quoted))
                    """, at: $origins[index])
            }
            for (name, secret) in tokens.sorted(by: { $0.key < $1.key }) {
                let location = $tokens.location.member(name, at: $tokens.location.position)
                if (try? Name(name)) == nil {
                    check.problem(
                        "expected a name of a token, found \(name.shortened(to: 60).quoted)",
                        at: location)
                }
                if secret.reveal().utf8.count < Self.minSecret {
                    check.problem(
                        "expected a secret of at least \(Self.minSecret) bytes", at: location)
                }
            }
            checkAddresses(&check, mode: $mode) { _ in $listen }
        }
    }

    /// The protocol of the page.
    package static let protocols = [ApplicationProtocol.http1]
    /// The options that can change while the bridge runs: its limits.
    package static let adjustableOptions: Set<String> = [
        "maxConnections", "maxPerAddress", "stalledAfter",
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
        if port.direction != .in {
            let rooms = await port.bus.perform { $0.rooms.count }
            // Each room has two forms: frames, and server-sent events.
            try ResourceLimits.checkMemory(
                [Int](repeating: Transcript.size(for: options.buffer.bytes), count: 2 * rooms),
                for: #"the "buffer" of each room"#)
        }
        let certificate = try await certificates().first
        let title = options.title ?? port.bus.settings.name
        // Compressing takes some milliseconds.
        let site = try await DedicatedThread.run(named: "page") { WebSite(title: title) }
        let isLocal = wanted.allSatisfy(\.isLocal)
        let tokenKeys = Set(options.tokens.keys.map { NameFolding.key($0) })
        if let taken = await port.bus.perform({ $0.accounts.claim(tokenKeys) }) {
            throw BridgeError(taken)
        }
        try await serve(port) { [options, loop] bus in
            let server = WebServer(
                options, port: port, bus: bus, loop: loop, site: site, isLocal: isLocal)
            try server.listen(on: wanted, certificate)
            return server
        }
    }
}

extension Registry {
    /// Registers `web`.
    package mutating func registerWeb() {
        bridge("web", about: "A chat page for browsers, and an API for programs.", Web.init)
    }
}
