import Synchronization

/// A durable reader of the store.
///
/// Its position is touched on the bus's loop only.
final class StoreBackedReader: @unchecked Sendable {  // `let`s anywhere, `position` on the loop
    let bus: Bus
    let room: Room
    let attachment: BridgeAttachment
    let channel: String?
    let progress: DeliveryProgress
    var position: MessageNumber

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
        self.progress = progress
    }
}
