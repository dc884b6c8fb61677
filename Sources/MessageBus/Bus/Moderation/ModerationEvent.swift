/// An event that concerns connected clients, with or without a name.
package enum ModerationEvent: Sendable, Hashable {
    /// Addresses are banned.
    case banned(AddressBlock, reason: String)
    /// An account, a ban or a mute has changed; the presences that it concerns have been told.
    case accountChanged(AccountChange)
    /// The server has something to say to everybody.
    case broadcast(String)
}
