import Chat
import MessageBus

/// What a command lists, produced a piece at a time as its reader takes it.
///
/// Holds where it is and not what it says: who does not read costs next to nothing. Confined to the
/// bus's loop.
protocol AnswerList: AnyObject {
    /// Bytes that it holds until its end, about, apart from the piece that is being read.
    var heldBytes: Int { get }

    /// Appends the next lines until there are as many bytes as a piece should have.
    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress

    /// Takes messages of the store: all that were asked for, or the first of them.
    func supply(_ run: StoredRun)
}

extension AnswerList {
    /// Is never called where nothing was asked for.
    func supply(_ run: StoredRun) {}
}
