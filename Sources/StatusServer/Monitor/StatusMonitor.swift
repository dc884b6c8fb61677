import Locking
import MessageBus
import Sockets
import TimeUnits

/// The view of a running daemon from outside: its state, its counters, and the last hour.
///
/// Safe from any thread, except where a function says otherwise.
package final class StatusMonitor: Sendable {
    /// Receives a report, on the bus's loop.
    package typealias Receiver = @Sendable (BusReport) -> Void

    private struct Questions {
        /// Those who wait for the next report.
        var waiting: [Receiver] = []
        /// True while the bus is asked, or will be soon.
        var isAsked = false
    }

    private let bus: Bus
    private let loop: EventLoop
    private let clock: any TimeSource
    private let questions = Locked(Questions())
    private let heartbeat = Locked<Heartbeat?>(nil)
    /// The instance's name.
    package let name: String
    /// The time at which the daemon started.
    package let started: Timestamp
    /// The outcome of the last reload.
    package let reload: ReloadOutcome
    /// The last errors.
    package let errors: RecentErrors
    /// The last hour.
    package let history = StatusHistory()

    /// The time between two reports: each looks at every connection that is behind, so somebody who
    /// asks in a loop must not slow down the chat.
    private static let pause: Duration = .milliseconds(20)

    /// Makes a monitor of a bus.
    ///
    /// - Parameters:
    ///   - loop: the bus's loop.
    ///   - clock: the loop's clock.
    package init(
        _ bus: Bus, on loop: EventLoop, clock: any TimeSource, startedAt time: Timestamp,
        reload: ReloadOutcome, errors: RecentErrors
    ) {
        self.bus = bus
        self.loop = loop
        self.clock = clock
        name = bus.settings.name
        started = time
        self.reload = reload
        self.errors = errors
    }

    /// Begins to watch the loop and to keep the history; on the loop, or before it runs.
    package func start() {
        loop.assertOwned()
        loop.onTurnEnded = { [statistics = bus.statistics] in statistics.recordTurn($0) }
        var beats = 0
        let heartbeat = Heartbeat(of: loop, clock: clock) { [unowned self] in
            if beats % Int(StatusHistory.interval / Heartbeat.interval) == 0 { sample() }
            beats += 1
        }
        heartbeat.start()
        self.heartbeat.withLock { $0 = heartbeat }
    }

    private func sample() {
        let report = bus.assumeIsolated { $0.report() }
        history.record(report, at: clock.monotonic())
    }

    /// The time since the bus's loop last turned.
    package var loopAge: Duration { heartbeat.withLock { $0 }?.age ?? .zero }

    /// True while the bus's loop turns.
    package var isAlive: Bool { loopAge <= Heartbeat.limit }

    /// The bridges with their states.
    package var bridges: [(name: String, report: BridgeCondition.Report)] {
        bus.conditions.reports
    }

    /// The store; `nil` if nothing outlives the process.
    package var store: StoreReport? { bus.keepsMessages ? bus.store.report : nil }

    /// The readiness of the daemon at the moment.
    package var readiness: DaemonReadiness {
        DaemonReadiness(
            bridges: bridges, isStopping: bus.conditions.isStopping, store: store,
            loopAge: loopAge)
    }

    /// Asks for a report of the bus, made after this call.
    ///
    /// - Parameter receiver: is called on the bus's loop, once; never if the loop hangs.
    package func ask(_ receiver: @escaping Receiver) {
        let isFirst = questions.withLock { questions in
            questions.waiting.append(receiver)
            defer { questions.isAsked = true }
            return !questions.isAsked
        }
        if isFirst { loop.perform { [self] in answer() } }
    }

    /// Returns a report of the bus, made after this call; never if its loop hangs.
    package func report() async -> BusReport? {
        let promise = Promise<BusReport>()
        ask { promise.fulfill(.success($0)) }
        return try? await promise.wait()
    }

    private func answer() {
        let receivers = questions.withLock { questions in
            defer { questions.waiting = [] }
            return questions.waiting
        }
        let report = bus.assumeIsolated { $0.report() }
        for receiver in receivers { receiver(report) }
        loop.set(LoopTimer { [self] in answerNext() }, after: Self.pause)
    }

    private func answerNext() {
        let hasMore = questions.withLock { questions in
            questions.isAsked = !questions.waiting.isEmpty
            return questions.isAsked
        }
        if hasMore { answer() }
    }
}
