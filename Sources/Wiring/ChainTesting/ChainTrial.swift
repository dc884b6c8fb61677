import MessageBus
import Sockets

/// Chains of a configuration on a bus of their own, on which nothing is published.
struct ChainTrial: Sendable {
    /// The bus, which has the common chain.
    let bus: Bus
    /// The bridges by name, each with its own chain.
    let attachments: [String: BridgeAttachment]
    /// The time of the bus.
    let clock: TrialClock

    /// Makes chains that have judged nothing.
    ///
    /// - Parameters:
    ///   - bridges: the names of bridges whose chains are needed.
    ///   - loop: the loop on which they judge.
    /// - Throws: `ConfigurationReport` with the complaints of the factories.
    init(
        _ configuration: ChainConfiguration, bridges: Set<String>, namePolicy: NamePolicy,
        on loop: EventLoop
    ) async throws {
        let context = Context(
            name: configuration.name, language: configuration.language, log: .silent,
            executor: loop, directory: configuration.directory, files: { _ in NoLines() })
        var maker = EntryMaker(context: context, fold: namePolicy.fold)
        let common = Chain(maker.steps(configuration.middleware))
        var attachments: [String: BridgeAttachment] = [:]
        for bridge in configuration.bridges where bridges.contains(bridge.name) {
            attachments[bridge.name] = BridgeAttachment(
                name: bridge.name, room: bridge.room, direction: bridge.direction,
                senderFormat: bridge.senderFormat, chain: Chain(maker.steps(bridge.middleware)))
        }
        if !maker.problems.isEmpty {
            throw ConfigurationReport(file: configuration.file, problems: maker.problems)
        }
        let clock = TrialClock()
        var settings = Bus.Settings()
        settings.name = configuration.name
        settings.language = configuration.language
        settings.rooms = configuration.rooms
        settings.namePolicy = namePolicy
        settings.clock = clock
        settings.tasks = LoopExecutor(loop)
        // Nothing is published, so no turn has anything to end.
        bus = Bus(settings, chain: common, executor: loop, atTurnEnd: { _ in })
        self.attachments = attachments
        self.clock = clock
        for attachment in attachments.values { await bus.attach(attachment) }
    }
}

/// The stand-in for a middleware's file, to which nothing is written.
private struct NoLines: LineSink {
    func write(_ line: String) -> Bool { true }
}
