import Chat
import Glibc
import MessageBus
import Sockets
import TCPBridge
import TestSupport

/// A tcp bridge under attack: a bus on a loop with the kernel's clocks, without a store.
///
/// Safe from any thread.
final class AttackHost: Sendable {
    let port: UInt16
    private let loop: EventLoop
    private let bus: Bus

    /// Starts the bridge and returns when it listens.
    init(_ change: (inout TCP.Options) -> Void = { _ in }) async throws {
        let log = LogRecorder()
        loop = try EventLoop()
        var settings = Bus.Settings()
        settings.rooms = ["general", "otra", "aparte"]
        settings.namePolicy = .chat(.es)
        settings.log = log.log
        let loop = loop
        settings.clock = TurnClock(loop)
        bus = Bus(settings, chain: Chain(), executor: loop, atTurnEnd: { loop.atTurnEnd($0) })
        MemoryTrimmer.start(on: loop)
        try loop.start(named: "attacked")
        var options = TCP.Options()
        options.listen = .network(host: "127.0.0.1", port: 0)
        change(&options)
        let context = Context(
            name: "benchmark", language: .es, log: log.log, executor: loop,
            files: { _ in RecordedLines() })
        let bridge = TCP(options, context)
        let attachment = BridgeAttachment(name: "tcp", room: "general")
        await bus.attach(attachment)
        await bus.begin(attachment)
        let place = Port(bus: bus, attachment: attachment)
        Task { try await bridge.run(place) }
        let entry = await log.first { $0.sentence.contains("127.0.0.1:") }
        port = entry.sentence.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    }

    /// Ends the loop; what is connected is left as it is.
    func stop() { loop.stop() }

    /// Number of people, in any room.
    var population: Int {
        get async { await bus.perform { bus in bus.rooms.reduce(0) { $0 + $1.population } } }
    }

    /// Nanoseconds that the loop's thread has run.
    var loopTime: Int64 {
        get async { await bus.perform { _ in ThreadClock.now } }
    }

    /// Returns a function that reads the same from another thread.
    var loopClock: ThreadClock {
        get async { await bus.perform { _ in ThreadClock() } }
    }
}
