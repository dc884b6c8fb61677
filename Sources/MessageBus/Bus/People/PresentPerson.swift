/// Somebody in a room, as other instances are told.
package struct PresentPerson: Sendable, Hashable {
    /// The name, as everybody sees it.
    package let name: String
    package let room: String
    /// True if the room got a notice of the entry.
    package let hasNotices: Bool
    /// A number for the person, whatever the name.
    package let identity: UInt64

    /// Makes somebody.
    package init(name: String, room: String, hasNotices: Bool, identity: UInt64) {
        self.name = name
        self.room = room
        self.hasNotices = hasNotices
        self.identity = identity
    }
}
