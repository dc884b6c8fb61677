import Glibc
import JSON
import MessageBus

/// The command `version`, which answers with the version of the daemon and its process.
///
/// Runs on the loop of the control socket, as every `ControlCommand` does.
package struct VersionControlCommand: ControlCommand {
    /// `version`.
    package var name: String { "version" }

    /// Makes the command.
    package init() {}

    /// Sends one object.
    package func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        answer.send(
            .object(["version": .text(Version.current), "process": .integer(Int64(getpid()))]))
        return .success
    }
}
