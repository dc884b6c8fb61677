/// Takes the private messages of somebody.
///
/// Confined to the bus's loop.
package protocol Mailbox: AnyObject {
    /// Hands over a message that only its sender and its receiver get.
    func deliver(_ message: Message)

    /// Whether what is handed over gets to somebody: not on a bridge that only brings in.
    var isReachable: Bool { get }

    /// Whether more waits to be read than should: what is handed over now would only pile up.
    var isFull: Bool { get }
}

extension Mailbox {
    /// False: a mailbox that lets the oldest go never fills.
    package var isFull: Bool { false }
}

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
