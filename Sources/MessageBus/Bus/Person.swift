/// A person who is on the bus: no two have the same name.
///
/// Confined to the bus's loop.
package final class Person {
    /// The present name.
    package internal(set) var sender: Sender
    package internal(set) var room: Room
    unowned let mailbox: any Mailbox
    /// True if joins, renames and leaves are announced.
    package let isAnnounced: Bool

    /// True if private messages reach them.
    package var isReachable: Bool { mailbox.isReachable }
    /// True if more private messages wait for them than should.
    package var isFull: Bool { mailbox.isFull }

    package init(sender: Sender, room: Room, mailbox: any Mailbox, isAnnounced: Bool = true) {
        self.sender = sender
        self.room = room
        self.mailbox = mailbox
        self.isAnnounced = isAnnounced
    }
}
