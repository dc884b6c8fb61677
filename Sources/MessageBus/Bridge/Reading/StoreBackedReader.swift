/// A durable reader of the store.
///
/// Confined to the bus's loop, but for its `let`s.
final class StoreBackedReader: @unchecked Sendable {  // `position` changes on the loop only
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
