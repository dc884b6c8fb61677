import Glibc
import JSON
import MessageBus
import Sockets
import Wiring

/// `puente status`: asks the running daemon how it is.
struct StatusQuestion {
    private let file: String
    private let loop: EventLoop

    /// The time that the daemon has for its answer.
    private static let patience = Duration.seconds(5)

    /// - Parameters:
    ///   - file: the configuration that says where the control socket is.
    ///   - loop: the loop of the calling task.
    init(_ file: String, on loop: EventLoop) {
        self.file = file
        self.loop = loop
    }

    /// Prints the answer.
    ///
    /// Returns 0 if the daemon is ready, 1 if it is not, and 69 if nobody answers.
    func ask(isJSON: Bool) async -> ExitStatus {
        await ExitStatus.saying {
            guard let path = try ControlLocation.read(file).path else {
                throw ControlError(
                    """
                    \(file): there is no control socket: "control" is null, or "store" is and \
                    "control" is not given
                    """)
            }
            let client = try ControlClient(
                ControlRequest("status", ["json": .bool(isJSON)]), to: path, on: loop)
            // All of the answer comes at once.
            while let reply = try await client.next(within: Self.patience) {
                switch reply {
                case .line(let text): Terminal.say(text)
                case .problem(let text): Terminal.complain(text)
                case .object: break
                case .exit(let status): return ExitStatus(rawValue: status) ?? .unavailable
                }
            }
            return .unavailable
        }
    }
}
