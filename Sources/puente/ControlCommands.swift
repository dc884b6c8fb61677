import Glibc
import JSON
import MessageBus
import Sockets
import Wiring

/// Commands that ask the running daemon over its control socket.
struct ControlCommands {
    private let file: String
    private let loop: EventLoop

    /// - Parameters:
    ///   - file: the configuration that says where the socket is.
    ///   - loop: the loop of the calling task.
    init(_ file: String, on loop: EventLoop) {
        self.file = file
        self.loop = loop
    }

    /// Has the daemon read its configuration anew, or tell what that would change.
    func reload(isPlan: Bool) async -> ExitStatus {
        await asking { location in
            ControlRequest(
                "reload", ["file": .text(location.file), "plan": .bool(isPlan)])
        }
    }

    /// Asks, and passes the lines of the answer on.
    private func asking(_ request: (ControlLocation) -> ControlRequest) async -> ExitStatus {
        do {
            let location = try ControlLocation.read(file)
            guard let path = location.path else {
                throw ControlError(
                    """
                    \(file): there is no control socket: "control" is null, or "store" is and \
                    "control" is not given
                    """)
            }
            let client = try ControlClient(request(location), to: path, on: loop)
            while let reply = try await client.next() {
                switch reply {
                case .line(let text): Terminal.say(text)
                case .problem(let text): Terminal.complain(text)
                case .object: break
                case .exit(let status): return ExitStatus(rawValue: status) ?? .unavailable
                }
            }
            return .unavailable
        } catch let report as ConfigurationReport {
            let count = ConfigurationReport.number(report.count, "problem")
            let closing = "\(count) in \(file.onOneLine); the daemon was not asked."
            Terminal.complain((report.lines + [closing]).joined(separator: "\n"))
            return .configuration
        } catch {
            Terminal.complain("puente: \(error)")
            return .unavailable
        }
    }
}
