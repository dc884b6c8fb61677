import JSON
import MessageBus
import Sockets
import Wiring

/// `puente reload`: has the running daemon read its configuration anew, or tell what that would
/// change.
struct ReloadCommand {
    private let isPlan: Bool
    private let file: String
    private let loop: EventLoop

    /// The time for an answer: a reload takes 60 seconds at most, and another may have to end first.
    private static let patience = Duration.seconds(150)
    /// The time for an answer of a daemon that works.
    private static let aliveness = Duration.seconds(5)

    /// - Parameters:
    ///   - file: the configuration that says where the control socket is.
    ///   - loop: the loop of the calling task.
    init(isPlan: Bool, _ file: String, on loop: EventLoop) {
        self.isPlan = isPlan
        self.file = file
        self.loop = loop
    }

    /// Asks, and prints the plan and what became of it.
    func run() async -> CommandStatus {
        await CommandStatus.reportingErrors {
            do {
                let daemon = try RunningDaemon(of: file, on: loop)
                // One that hangs would not answer either after all that a reload may take.
                _ = try await daemon.status(within: Self.aliveness)
                return try await daemon.ask(
                    ControlRequest(
                        "reload", ["file": .text(daemon.file), "plan": .bool(isPlan)]),
                    within: Self.patience)
            } catch let report as ConfigurationReport {
                let count = ConfigurationReport.number(report.count, "problem")
                let closing = "\(count) in \(file.onOneLine); the daemon was not asked."
                Terminal.complain((report.lines + [closing]).joined(separator: "\n"))
                return .configuration
            }
        }
    }
}
