import ExecBridge
import MessageBus
import Sockets
import Wiring

/// The command `conform`, which tries whether a program keeps to the format of the bridge `exec`.
struct ConformCommand {
    private let command: [String]
    private let isDurable: Bool

    /// Makes the command for a program and its arguments.
    init(_ command: [String], isDurable: Bool) {
        self.command = command
        self.isDurable = isDurable
    }

    /// Writes a line for each check, and returns a status that tells whether all have passed.
    func run(on loop: EventLoop) async -> CommandStatus {
        await CommandStatus.reportingErrors {
            let kit = try Conformance(command, isDurable: isDurable, on: loop) {
                Terminal.printLine($0)
            }
            return await kit.run() ? .success : .negative
        }
    }
}
