import Glibc
import JSON
import MessageBus
import Sockets
import Wiring

/// `puente top`: shows what the running daemon does, on the whole terminal and once a second.
struct TopCommand {
    private let file: String
    private let loop: EventLoop

    /// The time between two requests.
    private static let interval = Duration.seconds(1)
    /// The time that the daemon has for an answer.
    private static let timeout = Duration.seconds(5)

    /// - Parameters:
    ///   - file: the configuration that says where the control socket is.
    ///   - loop: the loop of the calling task.
    init(_ file: String, on loop: EventLoop) {
        self.file = file
        self.loop = loop
    }

    /// Shows the table until somebody quits.
    ///
    /// Returns 0 then, 64 without a terminal, and 69 if the daemon does not answer or goes away.
    func run() async -> CommandStatus {
        guard RawTerminal.isThere else {
            Terminal.printError(
                """
                puente: top needs a terminal at standard input and at standard output; \
                \"puente status --json\" tells programs the same
                """)
            return .usage
        }
        return await CommandStatus.reportingErrors {
            let daemon = try RunningDaemon(of: file, on: loop)
            // The first report is fetched before the screen is taken, so that its failure is seen.
            let report = try await ask(daemon)
            return try await show(daemon, report)
        }
    }

    private func show(_ daemon: RunningDaemon, _ report: TopReport) async throws -> CommandStatus {
        let (quits, quitting) = AsyncStream.makeStream(of: Void.self)
        let terminal = RawTerminal()
        let screen = TopScreen(terminal, report, quitting: quitting)
        Signals.block([SIGWINCH])
        let resizes = try Signals([SIGWINCH], on: loop) { _ in screen.draw() }
        try terminal.enter()
        defer { terminal.restore() }
        let keys = try TopKeys(on: loop) { screen.press($0) }
        defer { keys.stop() }
        screen.draw()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in quits { return } }
            group.addTask { try await follow(daemon, screen) }
            defer { group.cancelAll() }
            try await group.next()
        }
        withExtendedLifetime(resizes) {}
        return .success
    }

    /// Asks each second, until it is cancelled or nobody answers.
    private func follow(_ daemon: RunningDaemon, _ screen: TopScreen) async throws {
        let clock = LoopSleep(loop)
        while true {
            try await clock.sleep(until: clock.now + Self.interval, tolerance: nil)
            screen.show(try await ask(daemon))
        }
    }

    private func ask(_ daemon: RunningDaemon) async throws -> TopReport {
        let status = try await daemon.status(within: Self.timeout)
        return TopReport(status, at: Double(loop.preciseNow.nanoseconds) / 1e9)
    }
}
