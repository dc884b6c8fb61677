/// Something that the running daemon can be asked over its control socket.
///
/// Runs on the loop of the control socket, which must never block: the bus's loop may hang, and
/// somebody will ask why.
package protocol ControlCommand: Sendable {
    /// The name that requests have it by.
    var name: String { get }
    /// True if its client may read nothing for as long as it likes: what can't be sent meanwhile is
    /// counted.
    var isPausable: Bool { get }

    /// Does it, and sends what there is to tell, a line at a time and for as long as it takes.
    ///
    /// The task is cancelled when the client is gone.
    ///
    /// - Returns: the exit status for the command line.
    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus
}

extension ControlCommand {
    package var isPausable: Bool { false }
}
