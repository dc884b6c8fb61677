import JSON
import Sockets
import Wiring

/// `puente status`: asks the running daemon for its state.
struct StatusCommand {
    private let isJSON: Bool
    private let file: String
    private let loop: EventLoop

    /// The time that the daemon has for its answer.
    private static let timeout = Duration.seconds(5)

    /// - Parameters:
    ///   - file: the configuration that says where the control socket is.
    ///   - loop: the loop of the calling task.
    init(isJSON: Bool, _ file: String, on loop: EventLoop) {
        self.isJSON = isJSON
        self.file = file
        self.loop = loop
    }

    /// Prints the answer.
    ///
    /// Returns 0 if the daemon is ready, 1 if it is not, and 69 if nobody answers.
    func run() async -> CommandStatus {
        await CommandStatus.reportingErrors {
            try await RunningDaemon(of: file, on: loop).ask(
                ControlRequest("status", ["json": .bool(isJSON)]), within: Self.timeout)
        }
    }
}
