import Locking
import MessageBus
import Sockets

/// The checks for which each bridge of an assembly tries its other side, without running.
package struct ConnectionChecks: Sendable {
    private let assembly: Assembly
    private let loop: EventLoop
    private let checkListening: @Sendable (Address) async -> [ConnectionFinding]

    /// The time for each bridge; all are asked at once.
    private static let deadline = Duration.seconds(10)

    /// Makes checks.
    ///
    /// - Parameters:
    ///   - loop: the loop that `run` is called on; must not be the bus's.
    ///   - checkListening: tries the status page's address.
    package init(
        _ assembly: Assembly, on loop: EventLoop,
        checkListening: @escaping @Sendable (Address) async -> [ConnectionFinding]
    ) {
        self.assembly = assembly
        self.loop = loop
        self.checkListening = checkListening
    }

    /// Performs all checks.
    ///
    /// - Throws: `SocketError` if the system has no more threads.
    package func run() async throws -> ConnectionReport {
        try assembly.loop.start(named: "bus")
        defer { assembly.loop.stop() }
        let checked = try assembly.bridges.map { bridge in
            let pool = ThreadPool(named: bridge.attachment.name)
            try pool.start()
            return bridge.on(pool)
        }
        var findings = StoreCheck(assembly.configuration).findings.map {
            ConnectionReport.Finding(name: "store", finding: $0)
        }
        if let status = assembly.configuration.status {
            findings += await checkListening(status.listen).map {
                ConnectionReport.Finding(name: "status", finding: $0)
            }
        }
        let names = checked.map(\.attachment.name)
        let answers = await withTaskGroup(of: (Int, [ConnectionFinding]).self) { group in
            for (index, bridge) in checked.enumerated() {
                group.addTask { (index, await answer(of: bridge)) }
            }
            return await group.reduce(into: [Int: [ConnectionFinding]]()) { $0[$1.0] = $1.1 }
        }
        for (index, name) in names.enumerated() {
            findings += (answers[index] ?? []).map {
                ConnectionReport.Finding(name: name, finding: $0)
            }
        }
        findings += assembly.configuration.leftOut.map {
            ConnectionReport.Finding(
                name: $0.name, finding: .untried("left out by \("when".quoted)"))
        }
        var daemon: DaemonProcess?
        if let path = assembly.controlPath { daemon = await DaemonProcess(at: path, on: loop) }
        return ConnectionReport(findings) { daemon?.holds($0) ?? false }
    }

    /// Returns the findings of a bridge, or that there are none in time.
    private func answer(of bridge: SupervisedBridge) async -> [ConnectionFinding] {
        guard let checking = bridge.bridge as? any ConnectionChecking else {
            return [.untried("bridges of its type have nothing to try")]
        }
        let clock = LoopSleep(loop)
        return await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            Task(executorPreference: bridge.executor) {
                answer.give(await checking.checkConnection())
            }
            Task(executorPreference: LoopExecutor(loop)) {
                try? await clock.sleep(for: Self.deadline)
                answer.give([
                    .fails(
                        "no answer within \(Self.deadline.plain): check the network, or try again")
                ])
            }
        }
    }
}

/// The first of two answers; the other one is not waited for.
///
/// Safe from any thread.
private final class FirstAnswer: Sendable {
    private let continuation: Locked<CheckedContinuation<[ConnectionFinding], Never>?>

    init(_ continuation: CheckedContinuation<[ConnectionFinding], Never>) {
        self.continuation = Locked(continuation)
    }

    func give(_ findings: [ConnectionFinding]) {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: findings)
    }
}
