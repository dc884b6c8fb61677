import Chat
import MessageBus
import Sockets

/// The bridge to Telegram's groups and topics, by the Bot API: messages come in and go out, each
/// once and in order.
package struct Telegram: DurableBridge {
    /// The handling of edits.
    package enum Edits: String, Sendable, CaseIterable, OptionValue {
        /// They are relayed as such.
        case show
        /// The first version stands.
        case ignore
    }

    /// The handling of spoilers.
    package enum Spoilers: String, Sendable, CaseIterable, OptionValue {
        /// `▒▒▒` stands for them.
        case hide
        /// They are shown as any text.
        case show
    }

    /// The options in bridge.json.
    package struct Options: PluginOptions {
        @Option("The bot's token, from @BotFather.")
        package var token: Secret
        @Option("The Bot API's address: Telegram's own, or that of your own server.")
        package var api = "https://api.telegram.org"
        @Option("Chat ids, or id/topic, and the rooms they belong to.")
        package var chats: ChatRooms = [:]
        @Option("The form of the bus's messages on Telegram, with {name} and {text}.")
        package var outgoingFormat = "{name}: {text}"
        @Option("Relays joins and leaves, both ways.")
        package var notices = false
        @Option("Relays edits, both ways, or ignores them.")
        package var edits = Edits.show
        @Option("Tells the rooms when Telegram does not answer for a while.")
        package var outages = true
        @Option("Tells people on Telegram why their message was dropped.")
        package var refusals = true
        @Option("Lets names and commands in the bus's messages notify people on Telegram.")
        package var mentions = false
        @Option("Hides spoilers in the rooms, or shows them.")
        package var spoilers = Spoilers.hide

        /// Makes the defaults.
        package init() {}

        /// Reports texts that can't be a token, an address, a format or a chat.
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

        /// The rooms by the chat or topic that they belong to.
        var places: [ChatLocation: String] { chats.places }
    }

    let options: Options
    let loop: EventLoop
    /// The direction of messages, as bridge.json has it.
    let direction: Direction
    private let time: PauseClock

    /// Makes a bridge that connects to nothing yet.
    package init(_ options: Options, _ context: Context) {
        self.init(options, context, time: PauseClock(LoopSleep(context.loop)))
    }

    /// Makes a bridge with another time source.
    init(_ options: Options, _ context: Context, time: PauseClock) {
        self.options = options
        loop = context.loop
        direction = context.direction
        self.time = time
    }

    /// Stores the place in each room from which messages go to its chat.
    package func begin(_ port: Port) async throws {
        guard port.direction != .in else { return }
        let checkpoints = try await port.checkpoints()
        for binding in ChatBindings(options.places, checkpoints: checkpoints).bindings {
            try await port.beginDeliveries(in: binding.room, for: binding.channel)
        }
    }

    /// Relays messages until the bus has ended.
    package func run(_ port: Port) async throws {
        do {
            try await relay(port)
        } catch is CancellationError where Task.isCancelled {
            // The daemon does not wait for it any longer; the bridge has not failed.
        }
    }

    private func relay(_ port: Port) async throws {
        let phrases = Phrases(port.language)
        let settings = BridgeSettings(
            port: port, phrases: phrases,
            composer: TelegramComposer(
                phrases: phrases, format: options.outgoingFormat, callsPeople: options.mentions),
            wording: MessageWording(phrases, showsSpoilers: options.spoilers == .show),
            relaysNotices: options.notices, showsEdits: options.edits == .show, time: time)
        let checkpoints = try await port.checkpoints()
        try await begin(port)
        let ended = FloodWait.ended(in: checkpoints, at: await port.now)
        if !ended.isEmpty { try await port.saveCheckpoints(ended) }
        // Made now, so that they are exposed before there is anything to count.
        let floods = port.floods
        _ = (port.outage, port.possibleDuplicates)
        let relay = Relay(
            api: BotAPI(
                try HTTPClient(on: loop), at: options.api, token: options.token,
                onFlood: { floods.add() }),
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
    /// Registers `telegram`.
    package mutating func registerTelegram() {
        bridge("telegram", about: "Telegram groups and topics, by a bot.") {
            (options: Telegram.Options, context: Context) in Telegram(options, context)
        }
    }
}
