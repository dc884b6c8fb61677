/// Something that the running daemon can be asked over its control socket.
///
/// Runs on the loop of the control socket, which must never block: the bus's loop may hang, and
/// somebody will ask why.
package protocol ControlCommand: Sendable {
    /// The name by which requests ask for it.
    var name: String { get }
    /// True if its client may read nothing for as long as it likes: what can't be sent meanwhile is
    /// counted.
    var isPausable: Bool { get }

    /// Executes the command, and sends its answer a line at a time, for as long as it takes.
    ///
    /// The task is cancelled when the client is gone.
    ///
    /// - Returns: the exit status for the command line.
    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus
}

extension ControlCommand {
    package var isPausable: Bool { false }
}
