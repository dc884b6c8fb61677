/// Messages of one room on their way through the chain, and the chain's notes about them.
///
/// The messages of one read of a bridge are judged as a batch, so that a step is called once for
/// many. Confined to the bus's loop, which `Chain` checks.
public final class Batch {
    /// The messages.
    @usableFromInline package let arena: MessageArena
    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    /// True if a leave can't be dropped: so for inbound messages, and not for outgoing ones.
    @safe @exclusivity(unchecked) var keepsLeaves = false
    @safe @exclusivity(unchecked) var pass = ChainPass()

    /// Makes a batch of the messages of an arena.
    package init(_ arena: MessageArena) { self.arena = arena }

    /// Makes an empty batch.
    ///
    /// - Parameters:
    ///   - room: the room that all its messages are in.
    ///   - capacity: the most messages that it may hold.
    ///   - bytes: bytes of text its first storage holds; it gets a larger one when that is full.
    package convenience init(room: String, capacity: Int, bytes: Int) {
        self.init(MessageArena(room: room, capacity: capacity, bytes: bytes))
    }

    /// The number of messages in it, dropped ones included.
    public var count: Int { arena.count }
    /// The room's name.
    package var room: String { arena.room }
    /// The dropped messages, in the order of the steps.
    package var drops: [(index: Int, drop: Drop)] { pass.drops }
    /// The errors that steps threw: for each step the first one, and how many there were.
    package var failures: [StepFailure] { pass.failures }
    /// The steps' changes and drops, if they are traced; in the order of the steps.
    package var traces: [Trace] { pass.traces }

    /// The messages that passed, each by itself.
    var passed: [Message] {
        (0..<count).filter { !arena[$0].flags.contains(.dropped) }
            .map { arena.message(at: $0) }
    }

    /// Drops a message.
    package func drop(_ index: Int, _ drop: Drop) {
        arena.markDropped(index)
        pass.drops.append((index, drop))
    }

    /// Removes the messages, their bytes and the notes.
    ///
    /// Bodies that are still held elsewhere stay as they are.
    package func removeAll() {
        arena.removeAll()
        pass.removeAll()
    }

    /// Removes the messages and the notes, and leaves the bytes.
    package func removeMessages() {
        arena.removeMessages()
        pass.removeAll()
    }
}
