import MessageBus

/// Says the time, by itself and when asked: a bridge to a clock.
struct Cuckoo: Bridge {
    struct Options: PluginOptions {
        @Option("The pause between two announcements.", in: .seconds(60)...)
        var every = Duration.seconds(3_600)
        @Option("The question that is answered with the time.")
        var question = "!hora"
        @Option("The hours that its clock is ahead of UTC.", in: -12...14)
        var ahead = 0
    }

    private let options: Options
    private let clock: any Clock<Duration>

    init(_ options: Options) { self.init(options, clock: ContinuousClock()) }

    /// Tests bring a clock of their own.
    init(_ options: Options, clock: any Clock<Duration>) {
        self.options = options
        self.clock = clock
    }

    func run(_ port: Port) async throws {
        await port.ready()
        try await withThrowingTaskGroup { group in
            group.addTask { try await sayTheTime(port) }
            group.addTask { try await answer(port) }
            // Whatever ends first ends the other: mostly the messages, because the bus stops.
            try await group.next()
            group.cancelAll()
        }
    }

    private func sayTheTime(_ port: Port) async throws {
        while true {
            do { try await clock.sleep(for: options.every) } catch { return }
            let text = "¡Cucú! Son las \(time(await port.now))."
            try await port.publish(text, from: "cuco", isAutomatic: true)
        }
    }

    private func answer(_ port: Port) async throws {
        let question = Body(options.question)
        for await message in port.messages
        where message.body == question && !message.isAutomatic {
            let text = "Son las \(time(message.time))."
            try await port.publish(text, from: "cuco", isAutomatic: true)
        }
    }

    private func time(_ time: Timestamp) -> String {
        let minutes = time.milliseconds / 60_000 + Int64(options.ahead) * 60
        let (hour, minute) = (minutes / 60 % 24, minutes % 60)
        return "\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
