import MessageBus

/// Something that happened on the network, in the order in which it is told to the rooms.
enum InboundEvent: Sendable {
    /// Somebody has said something in a channel.
    case said(InboundText)
    /// Somebody has come into a channel, or left it.
    case notice(Message.Kind, nick: String, identity: String, channel: String)
    /// Somebody has deleted a message.
    case deleted(remoteID: String, channel: String)
    /// The bridge has a sentence for rooms.
    case sentence(String, rooms: [String])
    /// The network has answered for the first time.
    case ready
    /// A checkpoint is to be kept.
    case checkpoint(Checkpoint)
}
