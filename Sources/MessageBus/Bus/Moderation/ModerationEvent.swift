/// Something that concerns whoever is connected, with or without a name.
package enum ModerationEvent: Sendable, Hashable {
    /// Addresses are banned.
    case banned(AddressBlock, reason: String)
    /// The server has something to say to everybody.
    case announcement(String)
}
