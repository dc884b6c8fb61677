import MessageBus

/// A room in one of a bridge's forms: encoded once for all the streams that read it.
///
/// Confined to the bus's loop.
package protocol RoomForm: AnyObject, Sendable {
    /// The encoder of the form.
    associatedtype Encoder: MessageEncoder

    /// The room's messages, as they are encoded.
    var feed: RoomFeed { get }
    /// The encoder, which also encodes the stored messages for readers that are behind.
    var encoder: Encoder { get }
    /// True if readers that fall behind go on from the store.
    var isStored: Bool { get }
    /// The streams that read it; set by `attach` and `detach` only.
    var readers: [RoomStream<Self>] { get set }

    /// Encodes what was said since the last call, and has readers pass over the lines that they
    /// don't want.
    func catchUp()

    /// Returns the bytes that tell a reader how many of the room's lines were left out.
    func skipNotice(_ count: Int) -> [UInt8]

    /// Ends the work for readers, because the last one has gone.
    func lastReaderLeft()
}

extension RoomForm {
    /// Encodes what was said since the last call.
    package func catchUp() { feed.catchUp() }

    /// Does nothing: the form stays for the next reader.
    package func lastReaderLeft() {}

    /// Adds a reader, and returns its cursor and its place among the readers.
    ///
    /// - Parameter number: the last message that the reader has; `nil`: it wants only what is new.
    func attach(
        _ stream: RoomStream<Self>, after number: MessageNumber?
    ) -> (cursor: TranscriptCursor, slot: Int) {
        if !readers.isEmpty { catchUp() }
        readers.append(stream)
        return (feed.attachReader(after: number, isStored: isStored), readers.count - 1)
    }

    /// Removes a reader.
    func detach(slot: Int) {
        feed.detachReader()
        // The last reader moves into the free slot.
        readers.swapAt(slot, readers.count - 1)
        if slot < readers.count - 1 { readers[slot].setSlot(slot, in: self) }
        readers.removeLast()
        if readers.isEmpty { lastReaderLeft() }
    }

    /// Returns what waits for the readers.
    fileprivate func waiting(at now: Timestamp) -> WaitingMessages {
        feed.waiting(for: readers.lazy.compactMap { $0.cursor(in: self.feed.transcript) }, at: now)
    }
}

extension BridgeGauges {
    /// Makes the gauges of a server: what waits in each room for the readers of all its forms.
    package init(of rooms: [Room], _ forms: [some RoomForm], at now: Timestamp) {
        self.init()
        for room in rooms {
            var waiting = WaitingMessages(channel: room.name, count: 0, age: .zero)
            for form in forms where form.feed.room === room {
                let more = form.waiting(at: now)
                waiting.count += more.count
                waiting.age = max(waiting.age, more.age)
            }
            self.waiting.append(waiting)
        }
    }
}
