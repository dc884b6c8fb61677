import JSON
import MessageBus
import Sockets
import Wiring

/// `puente reload`: has the running daemon read its configuration again, or say what that would
/// change.
struct ReloadCommand {
    private let isPlan: Bool
    private let file: String
    private let loop: EventLoop

    /// The time for an answer: a reload takes at most 60 seconds, and another may have to end
    /// first.
    private static let timeout = Duration.seconds(150)
    /// The time within which a daemon that has not hung answers.
    private static let aliveness = Duration.seconds(5)

    /// - Parameters:
    ///   - file: the configuration that says where the control socket is.
    ///   - loop: the loop of the calling task.
    init(isPlan: Bool, _ file: String, on loop: EventLoop) {
        self.isPlan = isPlan
        self.file = file
        self.loop = loop
    }

    /// Asks, and prints the plan and its outcome.
    func run() async -> CommandStatus {
        await CommandStatus.reportingErrors {
            do {
                let daemon = try RunningDaemon(of: file, on: loop)
                // A daemon that hangs would not answer after the longest reload either.
                _ = try await daemon.status(within: Self.aliveness)
                return try await daemon.ask(
                    ControlRequest(
                        "reload", ["file": .text(daemon.file), "plan": .bool(isPlan)]),
                    within: Self.timeout)
            } catch let report as ConfigurationReport {
                let count = ConfigurationReport.number(report.count, "problem")
                let closing = "\(count) in \(file.onOneLine); the daemon was not asked."
                Terminal.printError((report.lines + [closing]).joined(separator: "\n"))
                return .configuration
            }
        }
    }
}
