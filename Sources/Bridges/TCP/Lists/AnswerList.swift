import MessageBus

/// The answer to a command that lists something, produced piece by piece as its reader takes it.
///
/// It holds its position and not its text, so a client that does not read costs next to nothing.
/// Confined to the bus's loop.
protocol AnswerList: AnyObject {
    /// Approximate bytes that it holds until its end, without the piece that is being read.
    var heldBytes: Int { get }

    /// Appends the next lines, until a piece is full.
    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress

    /// Takes messages from the store: all that were asked for, or the first of them.
    func supply(_ run: StoredRun)
}

extension AnswerList {
    /// Does nothing: this list never asks for messages.
    func supply(_ run: StoredRun) {}
}
