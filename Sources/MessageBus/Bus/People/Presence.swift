/// The presence of a person in one room, on one connection or by a bridge, and the way to reach the
/// person there.
///
/// Confined to the bus's loop, which `Person` checks.
package final class Presence {
    /// The sender of what is said here: the person's name, on this bridge.
    package internal(set) var sender: Sender
    package internal(set) var room: Room
    /// The person; `nil` before the entry and after the leave.
    package internal(set) var person: Person?
    /// True if the room gets notices of joins, renames and leaves.
    package let hasNotices: Bool
    /// The number of the connection, 0 if there is none.
    package let connection: UInt64
    unowned let delegate: any PresenceDelegate
    /// The bridge; known from the entry on.
    var attachment: BridgeAttachment?
    /// The index among the person's presences.
    var index = 0

    /// The address that bans apply to; `nil` if there is none.
    package var address: ClientAddress? { delegate.address }

    /// Makes a presence of somebody who has not entered yet.
    package init(
        sender: Sender, room: Room, delegate: any PresenceDelegate, hasNotices: Bool = true,
        connection: UInt64 = 0
    ) {
        self.sender = sender
        self.room = room
        self.delegate = delegate
        self.hasNotices = hasNotices
        self.connection = connection
    }
}
