/// The log where messages are kept in order and fan out.
///
/// Confined to the bus's loop.
package final class Room {
    /// The room's name in bridge.json.
    package let name: String
    package let log: MessageLog
    let owner: Confinement
    /// True once the configuration no longer has the room: nothing more is said in it.
    package internal(set) var isClosed = false
    /// Number of people in it.
    package internal(set) var population = 0
    /// Number of texts from before the process that the log began with; `nil` if that is not known.
    private var recalled: Int?
    /// The number of the newest event from before the process; `nil` if that is not known.
    private(set) var lastInherited: MessageNumber?
    /// The number after which all that has happened was put into the log; `nil` if that is not
    /// known yet.
    private var logBegin: MessageNumber?
    private var feeds: [RoomFeed] = []
    private var cursors: [Cursor] = []
    /// The end of the log at the last flush, in bytes and messages.
    private var flushed = (bytes: 0, end: LogPosition(rawValue: 0))
    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    /// True if something was said since the last flush.
    @safe @exclusivity(unchecked) package private(set) var isDirty = false

    package init(name: String, owner: Confinement = Confinement()) {
        self.name = name
        self.owner = owner
        log = MessageLog(room: name, owner: owner)
        log.isHeld = { [unowned self] position, size in
            cursors.contains { $0.position < position && size <= $0.held }
        }
    }

    /// Appends the messages that passed.
    func append(_ arena: MessageArena) {
        owner.assertOwned()
        if logBegin == nil {
            logBegin = arena.all.first { !$0.flags.contains(.dropped) }.map { $0.number - 1 }
        }
        guard log.append(arena) > 0 else { return }
        isDirty = true
        // A log keeps 4 MiB and 65,536 messages: readers read a burst before it overtakes them.
        if log.bytesInAll - flushed.bytes > 1 << 20 || log.end - flushed.end > 16_384 { flush() }
    }

    /// Puts messages from before the process began in front of those of now, without telling
    /// anybody.
    ///
    /// Does nothing once something was said.
    ///
    /// - Parameter last: the number of the newest event from before the process.
    func recall(_ messages: [Message], last: MessageNumber = 0) {
        lastInherited = last
        logBegin = logBegin ?? last
        guard log.end == 0 else { return }
        recalled = messages.count
        guard !messages.isEmpty else { return }
        _ = log.append(MessageArena(messages, in: name))
    }

    /// Records that there is nothing from before the process.
    func beginEmpty() { logBegin = 0 }

    /// The number of the newest event, also of one from before the process; 0 if there was none.
    package var lastNumber: MessageNumber { max(log.lastNumber, lastInherited ?? 0) }

    /// The number after which the log has every event; `nil` if that is not known.
    package var completeAfter: MessageNumber? {
        logBegin.map { max($0, log.forgottenThrough, log.expiredThrough) }
    }

    /// True if there may be older texts than the log has.
    var hasForgotten: Bool {
        log.hasForgottenTexts || recalled.map { $0 == Bus.maxTexts } ?? true
    }

    /// Lets every reader continue.
    ///
    /// Called at the end of each turn of the loop.
    package func flush() {
        owner.assertOwned()
        guard isDirty else { return }
        isDirty = false
        flushed = (log.bytesInAll, log.end)
        for feed in feeds { feed.flush() }
        for cursor in cursors { cursor.wake() }
    }

    /// Adds a form of the room for socket readers, which begins at the end of its log.
    ///
    /// - Parameter number: a number greater than all numbers given so far.
    package func addFeed(
        capacity: Int, encoder: any TranscriptEncoder, outgoing: Chain,
        reader: any RoomFeedDelegate, after number: MessageNumber = 0
    ) -> RoomFeed {
        let feed = RoomFeed(
            room: self, capacity: capacity, encoder: encoder, outgoing: outgoing, reader: reader,
            after: number)
        feeds.append(feed)
        return feed
    }

    /// Removes a form, when its bridge ends.
    package func remove(_ feed: RoomFeed) { feeds.removeAll { $0 === feed } }

    func attach(_ cursor: Cursor) {
        owner.assertOwned()
        cursors.append(cursor)
    }

    func remove(_ cursor: Cursor) {
        owner.assertOwned()
        cursors.removeAll { $0 === cursor }
    }

    func end() { for cursor in cursors { cursor.wake() } }
}
