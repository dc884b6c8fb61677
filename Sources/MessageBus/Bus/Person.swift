/// Somebody who is in: names are unique among these.
///
/// Confined to the bus's loop.
package final class Person {
    /// The present name.
    package internal(set) var sender: Sender
    package internal(set) var room: Room
    unowned let mailbox: any Mailbox
    /// Whether joins, renames and leaves are announced.
    package let isAnnounced: Bool

    /// Whether private messages get to them.
    package var isReachable: Bool { mailbox.isReachable }
    /// Whether more private messages wait than should.
    package var isFull: Bool { mailbox.isFull }

    package init(sender: Sender, room: Room, mailbox: any Mailbox, isAnnounced: Bool = true) {
        self.sender = sender
        self.room = room
        self.mailbox = mailbox
        self.isAnnounced = isAnnounced
    }
}
