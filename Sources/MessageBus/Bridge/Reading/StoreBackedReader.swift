/// A durable reader of the store.
///
/// Confined to the bus's loop, but for its `let`s.
final class StoreBackedReader: @unchecked Sendable {  // the `var`s change on the loop only
    let bus: Bus
    let room: Room
    let attachment: BridgeAttachment
    let channel: String?
    let progress: DeliveryProgress
    /// The number up to which messages were asked from the store.
    private(set) var position: MessageNumber
    /// The number of texts after the position, as far as they are counted.
    private var counted = 0
    /// The number up to which texts are counted.
    private var countedThrough: MessageNumber

    init(
        _ bus: Bus, room: Room, attachment: BridgeAttachment, channel: String?,
        at position: MessageNumber,
        progress: DeliveryProgress
    ) {
        self.bus = bus
        self.room = room
        self.attachment = attachment
        self.channel = channel
        self.position = position
        countedThrough = position
        self.progress = progress
    }

    /// Records texts of the store that the room's log does not have, before anything is read.
    func recordStored(_ count: Int, through number: MessageNumber) {
        room.owner.assertOwned()
        (counted, countedThrough) = (count, number)
    }

    /// Records messages that the store has given, and moves past them.
    func recordScan(of messages: [Message], through number: MessageNumber) {
        room.owner.assertOwned()
        counted -= messages.count {
            $0.number <= countedThrough && $0.header.isSaid
                && $0.isFor(attachment.name, channel: channel)
        }
        counted = max(0, counted)
        position = number
        if number >= countedThrough { (counted, countedThrough) = (0, number) }
    }

    /// Returns the texts that wait for the reader, with those that it has and has not acknowledged.
    func waiting(at now: Timestamp) -> WaitingMessages {
        room.owner.assertOwned()
        var first: Timestamp?
        room.log.forEachText(
            from: room.log.position(after: countedThrough), for: attachment.name, channel: channel
        ) { _ in counted += 1 }
        countedThrough = max(countedThrough, room.log.lastNumber)
        let (handedOver, oldest) = progress.unacknowledged
        if oldest == nil, counted > 0 {
            let next = room.log.messages(
                from: room.log.position(after: position), atMost: 1
            ).first
            first = next?.header.time
        }
        let age = (oldest ?? first).map { max(.zero, now - $0) } ?? .zero
        return WaitingMessages(
            channel: channel ?? room.name, count: handedOver + counted, age: age)
    }
}
