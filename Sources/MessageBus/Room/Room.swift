/// The log where messages are kept in order and fan out.
///
/// Confined to the bus's loop.
package final class Room {
    /// What bridge.json calls it.
    package let name: String
    package let log: MessageLog
    private var editions: [Edition] = []
    private var cursors: [Cursor] = []
    private var pendingBytes = 0
    /// Whether something was said since the last flush.
    @exclusivity(unchecked) package private(set) var isDirty = false

    package init(name: String) {
        self.name = name
        log = MessageLog(room: name)
    }

    /// Appends what passed.
    func append(_ batch: Batch) {
        guard log.append(batch) > 0 else { return }
        isDirty = true
        pendingBytes += batch.storage.count
        // A log keeps 4 MiB: readers look at a burst before it can overtake them.
        if pendingBytes > 1 << 20 { flush() }
    }

    /// Lets every reader go on.
    ///
    /// At the end of each turn of the loop.
    package func flush() {
        guard isDirty else { return }
        isDirty = false
        pendingBytes = 0
        for edition in editions { edition.flush() }
        for cursor in cursors { cursor.wake() }
    }

    /// Adds a form of the room for socket readers.
    package func addEdition(
        capacity: Int, encoder: any TranscriptEncoder, outgoing: Chain,
        reader: any TranscriptReader
    ) -> Edition {
        let edition = Edition(
            room: self, capacity: capacity, encoder: encoder, outgoing: outgoing, reader: reader)
        editions.append(edition)
        return edition
    }

    /// Takes a form away, when its bridge ends.
    package func remove(_ edition: Edition) { editions.removeAll { $0 === edition } }

    func add(_ cursor: Cursor) { cursors.append(cursor) }

    func remove(_ cursor: Cursor) { cursors.removeAll { $0 === cursor } }

    func end() { for cursor in cursors { cursor.wake() } }
}
