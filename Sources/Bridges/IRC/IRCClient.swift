import Chat
import MessageBus
import Sockets

/// The bridge to a network of IRC: it joins channels, brings in what is said there, and says there
/// what the rooms say, each message once and in order.
package struct IRCClient: DurableBridge {
    /// The options in bridge.json.
    package struct Options: PluginOptions {
        @Option("The server of the network: HOST:PORT.")
        package var server: Address
        @Option(
            "TLS: on, off, or on with a file of authorities or the fingerprint of the certificate.",
            absent: "on for port 6697")
        package var tls: ServerEncryption?
        @Option("The name on the network.")
        package var nick: String
        @Option("Names to take when that one is in use.")
        package var alternatives: [String] = []
        @Option("The user name, in front of the @.", absent: "the nick")
        package var user: String?
        @Option("The real name, which WHOIS shows.")
        package var realname = "Puente"
        @Option("The account on the network, by SASL PLAIN.")
        package var sasl: IRCAccount?
        @Option("The password of the server.")
        package var password: Secret?
        @Option("Channels, each perhaps with its key behind a space, and the rooms they belong to.")
        package var channels: ChannelRooms = [:]
        @Option("The form of the bus's messages on IRC, with {name} and {text}.")
        package var outgoingFormat = "{name}: {text}"
        @Option("Relays joins and leaves, both ways.")
        package var notices = false
        @Option("People to ignore: globs of nick!user@host.")
        package var ignore: [Glob] = []
        @Option("The lines that the server accepts: so many at once, and as many in each period.")
        package var flood = FloodAllowance()
        @Option(
            "The age at which waiting messages are only counted, in one line; null sends them all.",
            above: .zero)
        package var older: Duration? = .seconds(900)

        /// Makes the defaults.
        package init() {}

        /// Reports texts that can't be a server, a nick, a channel or a format, and secrets that
        /// would be sent in plain.
        package func validate(_ check: inout OptionCheck) {
            checkServer(&check)
            checkNames(&check)
            checkSecrets(&check)
            checkChannels(&check)
            check.placeholders(in: outgoingFormat, known: ["name", "text"], at: $outgoingFormat)
            if !outgoingFormat.contains("{text}") {
                check.problem(
                    """
                    expected a string with {text}, found \
                    \($outgoingFormat.found(outgoingFormat.quoted))
                    """, at: $outgoingFormat)
            }
        }
    }

    let options: Options
    let context: Context
    /// The nicks of the daemon's bridges, this one among them.
    private let ownNicks: OwnNicks

    /// Makes a bridge that connects to nothing yet, and knows of no other.
    package init(_ options: Options, _ context: Context) {
        self.init(options, context, OwnNicks())
    }

    /// Makes a bridge that connects to nothing yet, and does not read others.
    init(_ options: Options, _ context: Context, _ ownNicks: OwnNicks) {
        self.options = options
        self.context = context
        self.ownNicks = ownNicks
    }

    /// Stores the place in each room from which messages go to its channel.
    package func begin(_ port: Port) async throws {
        guard port.direction != .in else { return }
        for entry in options.channels.entries {
            let channel = JoinedChannel(entry)
            try await port.beginDeliveries(in: channel.room, for: channel.id)
        }
    }

    /// Relays messages until the bus has ended.
    package func run(_ port: Port) async throws {
        do {
            try await begin(port)
            try await IRCRelay(options, context, port, ownNicks).run()
        } catch is CancellationError where Task.isCancelled {
            // The daemon does not wait for it any longer; the bridge has not failed.
        }
    }
}

extension Registry {
    /// Registers `irc`.
    package mutating func registerIRC() {
        let ownNicks = OwnNicks()
        bridge("irc", about: "Channels of an IRC network, as one of its clients.") {
            (options: IRCClient.Options, context: Context) in IRCClient(options, context, ownNicks)
        }
    }
}
