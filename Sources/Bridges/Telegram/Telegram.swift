import Chat
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

extension Registry {
    /// Makes `telegram` known.
    package mutating func registerTelegram() {
        bridge("telegram", about: "Telegram groups and topics, by a bot.") {
            (options: Telegram.Options, context: Context) in Telegram(options, context)
        }
    }
}
