import Chat
import MessageBus
import Sockets

/// The bridge to programs elsewhere, by HTTP: messages go out as POST requests, and requests come
/// in as messages.
package struct Webhook: DurableBridge {
    /// The options in bridge.json.
    package struct Options: PluginOptions {
        @Option(
            "The address that messages go to, as POST; only its scheme and host are ever shown.",
            absent: "nothing goes out")
        package var url: Secret?
        @Option("The secret that signs requests and proves them, or several: the first one signs.")
        package var secret: SecretList?
        @Option("Further fields of a request's head; values may be secrets.")
        package var headers: [String: Secret] = [:]
        @Option(
            "The body for a message: JSON whose strings may hold {text}, {name} and so on.",
            absent: "what exec's programs read")
        package var body: BodyTemplate?
        @Option("How many messages go out at once, and how long the first one waits for others.")
        package var batch = BatchOptions()
        @Option(
            "The time after which a message that the receiver does not accept is passed over.",
            in: .seconds(1)...)
        package var giveUpAfter = Duration.seconds(86_400)
        @Option("Sends what programs say as well, not only people.")
        package var automatic = false
        @Option("What comes in: where requests are received, how they are proved, what they say.")
        package var hook: HookOptions?

        /// Makes the defaults.
        package init() {}

        /// Names that other programs have for these options.
        package static let synonyms = [
            "uri": "\"url\"", "endpoint": "\"url\"", "target": "\"url\"", "webhook": "\"url\"",
            "secrets": "\"secret\"", "signingsecret": "\"secret\"", "key": "\"secret\"",
            "header": "\"headers\"", "template": "\"body\"", "payload": "\"body\"",
            "timeout": "\"giveUpAfter\"", "listen": inside, "path": inside, "incoming": inside,
        ]

        private static let inside = "\"hook\": {\"path\": …, \"listen\": …}"
    }

    let options: Options
    let context: Context
    let time: PauseClock

    /// Makes a bridge that neither sends nor listens yet.
    package init(_ options: Options, _ context: Context) {
        self.init(options, context, time: PauseClock(LoopSleep(context.loop)))
    }

    /// Makes a bridge with another time source.
    init(_ options: Options, _ context: Context, time: PauseClock) {
        self.options = options
        self.context = context
        self.time = time
    }

    /// Stores the place in the room from which messages go to the receiver.
    package func begin(_ port: Port) async throws {
        if options.url != nil, port.direction != .in {
            try await port.beginDeliveries(in: port.room)
        }
    }

    /// Sends and receives until the bus has ended, or the receiver wants no more.
    package func run(_ port: Port) async throws {
        do {
            try await work(port)
        } catch is CancellationError where Task.isCancelled {
            // The daemon does not wait for it any longer; the bridge has not failed.
        }
    }

    private enum End {
        case delivered, received
        case helper
    }

    private func work(_ port: Port) async throws {
        let sends = options.url != nil && port.direction != .in
        try await begin(port)
        let hook = port.direction == .out ? nil : try await openHook(port)
        // The counters exist from the start, so that there is a zero before the first event.
        await port.ready()
        do {
            try await withThrowingTaskGroup(of: End.self) { group in
                var running = 0
                if sends {
                    running += 1
                    try addSender(to: &group, port)
                }
                if let hook {
                    running += 1
                    group.addTask {
                        try await hook.run()
                        return .received
                    }
                    group.addTask {
                        await hook.watchServer(time)
                        return .helper
                    }
                }
                while running > 0, let end = try await group.next() {
                    if end != .helper { running -= 1 }
                    // A receiver that wants no more ends the whole bridge, incoming requests
                    // included.
                    if end == .delivered { hook?.stop() }
                }
                group.cancelAll()
            }
        } catch {
            await hook?.close()
            throw error
        }
        await hook?.close()
    }

    private func addSender(
        to group: inout ThrowingTaskGroup<End, any Error>, _ port: Port
    ) throws {
        let queue = DeliveryQueue()
        let outbox = WebhookOutbox(
            options, port, instance: context.name, client: try HTTPClient(on: context.loop),
            queue: queue, time: time)
        group.addTask {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await queue.fill(from: port)
                    return false
                }
                group.addTask {
                    var outbox = outbox
                    try await outbox?.run()
                    return true
                }
                while let isSender = try await group.next() { if isSender { break } }
                group.cancelAll()
            }
            return .delivered
        }
    }
}

extension Registry {
    /// Registers `webhook`.
    package mutating func registerWebhook() {
        bridge("webhook", about: "Messages go out as HTTP requests, and requests come in.") {
            Webhook($0, $1)
        }
    }
}
