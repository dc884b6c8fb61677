import MessageBus
import Sockets

/// Telegram groups and topics, by the Bot API: what is said there comes in, what is said here goes
/// out, each once and in order.
package struct Telegram: Bridge {
    /// What becomes of corrections.
    package enum Edits: String, Sendable, CaseIterable, OptionValue {
        /// They are relayed as such.
        case show
        /// The first version stands.
        case ignore
    }

    /// What becomes of spoilers.
    package enum Spoilers: String, Sendable, CaseIterable, OptionValue {
        /// `▒▒▒` stands for them.
        case hide
        /// They are shown as any text.
        case show
    }

    /// What bridge.json may say.
    package struct Options: PluginOptions {
        @Option("The bot's token, from @BotFather.")
        package var token: Secret
        @Option("The Bot API's address: Telegram's own, or a server of one's own.")
        package var api = "https://api.telegram.org"
        @Option("Chat ids, or id/topic, and the rooms they belong to.")
        package var chats: ChatRooms = [:]
        @Option("How what is said here is written there, with {name} and {text}.")
        package var outgoingFormat = "{name}: {text}"
        @Option("Whether joins and leaves are relayed, both ways.")
        package var notices = false
        @Option("Whether corrections are relayed, both ways.")
        package var edits = Edits.show
        @Option("Whether the rooms are told when Telegram does not answer for a while.")
        package var outages = true
        @Option("Whether people there are told why what they said was dropped.")
        package var refusals = true
        @Option("Whether names and commands in what is said here call somebody there.")
        package var mentions = false
        @Option("Whether spoilers are hidden here, or shown.")
        package var spoilers = Spoilers.hide

        /// The defaults.
        package init() {}

        /// Finds what can't be a token, an address, a format or a chat.
        package func validate(_ check: inout OptionCheck) {
            checkToken(&check)
            checkAddress(&check)
            check.placeholders(in: outgoingFormat, known: ["name", "text"], at: $outgoingFormat)
            if !outgoingFormat.contains("{text}") {
                check.problem(
                    """
                    expected a string with {text}, found \
                    \($outgoingFormat.found(outgoingFormat.quoted))
                    """, at: $outgoingFormat)
            }
            checkChats(&check)
        }

        /// The rooms by place.
        var places: [ChatLocation: String] { chats.places }
    }

    private let options: Options
    private let loop: EventLoop
    private let watch: Stopwatch

    /// Makes a bridge that asks nobody yet.
    package init(_ options: Options, _ context: Context) {
        self.init(options, context, watch: Stopwatch(LoopSleep(context.loop)))
    }

    /// Makes one whose time somebody else turns.
    init(_ options: Options, _ context: Context, watch: Stopwatch) {
        self.options = options
        loop = context.loop
        self.watch = watch
    }

    /// Relays until the bus has ended.
    package func run(_ port: Port) async throws {
        do {
            try await relay(port)
        } catch is CancellationError where Task.isCancelled {
            // The daemon does not wait for it any longer: no trouble of the bridge's.
        }
    }

    private func relay(_ port: Port) async throws {
        let phrases = Phrases(port.language)
        let settings = BridgeSettings(
            port: port, phrases: phrases,
            composer: MessageComposer(
                phrases: phrases, format: options.outgoingFormat, callsPeople: options.mentions),
            wording: MessageWording(phrases, showsSpoilers: options.spoilers == .show),
            relaysNotices: options.notices, showsEdits: options.edits == .show, watch: watch)
        let checkpoints = try await port.checkpoints()
        let ended = FloodWait.ended(in: checkpoints, at: await port.now)
        if !ended.isEmpty { try await port.keep(ended) }
        let relay = Relay(
            api: BotAPI(try HTTPClient(on: loop), at: options.api, token: options.token),
            settings: settings, chats: ChatBindings(options.places, checkpoints: checkpoints),
            progress: UpdateProgress(checkpoints: checkpoints),
            tellsOutages: options.outages, tellsRefusals: options.refusals)
        do {
            try await relay.run()
        } catch BotAPIError.unknownBot(let answer) {
            throw BridgeError(BotAPIError.sentence(unknownBot: answer))
        }
    }
}

/// What the address of a call is made of.
enum APIAddress {
    /// Whether it can stand in an address as it is.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
                default: false
                }
            }
    }

    /// Whether a token may be sent there: over TLS, or no further than this machine.
    static func isAllowed(_ address: String) -> Bool {
        guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !address.contains(where: { "?#@\\".contains($0) })
        else { return false }
        let host = host(of: address)
        if address.hasPrefix("https://") { return !host.isEmpty }
        return address.hasPrefix("http://") && ["localhost", "127.0.0.1", "[::1]"].contains(host)
    }

    /// Whether it has no port, or one that there is.
    static func hasGoodPort(_ address: String) -> Bool {
        let port = authority(of: address).dropFirst(host(of: address).count)
        guard port.first == ":" else { return port.isEmpty }
        let digits = port.dropFirst()
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && Int(digits).map { (1...65_535).contains($0) } ?? false
    }

    private static func host(of address: String) -> Substring {
        let authority = authority(of: address)
        // Colons inside brackets are part of an IPv6 address.
        guard authority.first == "[", let bracket = authority.firstIndex(of: "]") else {
            return authority.prefix { $0 != ":" }
        }
        return authority[...bracket]
    }

    private static func authority(of address: String) -> Substring {
        guard let scheme = address.firstRange(of: "://") else { return "" }
        return address[scheme.upperBound...].prefix { $0 != "/" }
    }
}

extension Registry {
    /// Makes `telegram` known.
    mutating func registerTelegram() {
        bridge("telegram", about: "Telegram groups and topics, by a bot.") {
            (options: Telegram.Options, context: Context) in Telegram(options, context)
        }
    }
}
