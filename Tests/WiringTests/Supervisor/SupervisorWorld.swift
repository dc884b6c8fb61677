import Locking
import MessageBus
import TestSupport

@testable import Wiring

/// A supervisor on a bus whose clock a test advances.
final class SupervisorWorld: Sendable {
    let test: TestBus
    private let stopRequests = AsyncStream.makeStream(of: Void.self)
    private let pauses = AsyncStream.makeStream(of: Duration.self)
    private let watches = AsyncStream.makeStream(of: Duration.self)
    private let overdueCalls = AsyncStream.makeStream(of: Void.self)
    private let overdueCount = Locked(0)

    static let readiness = Duration.seconds(10_007)

    init() throws { test = try TestBus() }

    func bridge(
        _ name: String, isOptional: Bool = false,
        _ body: @escaping @Sendable (Port) async throws -> Void
    ) -> SupervisedBridge {
        SupervisedBridge(
            ClosureBridge(body: body), attachment: BridgeAttachment(name: name, room: "general"),
            isOptional: isOptional)
    }

    func run(_ bridges: [SupervisedBridge]) async -> Supervisor.Outcome {
        await end(bridges).outcome
    }

    func end(_ bridges: [SupervisedBridge]) async -> Supervisor.End {
        for bridge in bridges { await test.bus.attach(bridge.attachment) }
        let (clock, pauses) = (test.clock, pauses.continuation)
        let watches = watches.continuation
        var deadlines = Supervisor.Deadlines()
        // Told apart from all other pauses, which tests count.
        deadlines.readiness = Self.readiness
        let supervisor = Supervisor(
            bus: test.bus, log: test.log.log, deadlines: deadlines,
            clock: clock,
            sleep: { pause in
                // The deadline is fixed before the test hears of it and advances the clock.
                let end = clock.now.advanced(by: pause)
                (pause == Self.readiness ? watches : pauses).yield(pause)
                try await clock.sleep(until: end, tolerance: nil)
            },
            requestShutdown: { self.stop() },
            onOverdue: { _ in
                self.overdueCount.withLock { $0 += 1 }
                self.overdueCalls.continuation.yield()
            })
        return await supervisor.run(bridges, stop: stopRequests.stream)
    }

    /// Asks the daemon to stop.
    func stop() { stopRequests.continuation.yield() }

    /// Returns the next pause of the supervisor.
    func pause() async -> Duration {
        for await pause in pauses.stream { return pause }
        return .zero
    }

    /// Returns when the supervisor waits for the readiness of a number of bridges.
    func untilWatched(_ count: Int) async {
        var count = count
        for await _ in watches.stream {
            count -= 1
            if count == 0 { return }
        }
    }

    /// Returns when a number of bridges are ready.
    func untilReady(_ count: Int) async {
        await pollUntil {
            await test.bus.perform { bus in bus.bridges.count { bus.isReady($0) } } >= count
        }
    }

    var overdue: Int { overdueCount.withLock { $0 } }

    func untilOverdue() async { for await _ in overdueCalls.stream { return } }
}
