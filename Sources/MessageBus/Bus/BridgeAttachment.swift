import Synchronization

/// What the bus knows of a bridge: its name, its chains, what it has brought.
///
/// Confined to the bus's loop, but for what never changes.
// `let`s anywhere, `var`s on the loop only.
package final class BridgeAttachment: @unchecked Sendable {
    /// What bridge.json calls the bridge.
    package let name: String
    /// The room it is in unless it says otherwise.
    package let room: String
    package let direction: Direction
    /// How those who speak by this bridge are named: `{name}` and `{bridge}` are filled in.
    package let senderFormat: String
    /// Judges what the bridge brings in, before the common chain.
    package let chain: Chain
    /// Judges what the bridge is given.
    package let outgoing: Chain

    /// Whether the bridge has said that it works, since it was last started.
    ///
    /// Safe from any thread.
    package var isReady: Bool { readiness.load(ordering: .acquiring) }
    let readiness = Atomic(false)

    /// Messages brought in.
    package internal(set) var taken: UInt64 = 0
    /// Those a chain let pass.
    package internal(set) var passed: UInt64 = 0
    /// Those a chain dropped.
    package internal(set) var dropped: UInt64 = 0

    var cursors: [Cursor] = []
    var positions: [String: LogPosition] = [:]
    var senders: [SenderKey: Sender] = [:]
    var openSources = 0
    /// Whoever the bridge stands for without a connection of their own.
    var presences: [Presence] = []
    /// Private messages that came before anybody read; no more than a cursor keeps.
    var mail: [Message] = []

    /// Makes one for a bridge of bridge.json.
    package init(
        name: String, room: String, direction: Direction = .both,
        senderFormat: String = "{name} ({bridge})", chain: Chain = Chain(),
        outgoing: Chain = Chain()
    ) {
        self.name = name
        self.room = room
        self.direction = direction
        self.senderFormat = senderFormat
        self.chain = chain
        self.outgoing = outgoing
    }
}

extension BridgeAttachment: PresenceDelegate {
    /// Whether the bridge carries anything out.
    package var isReachable: Bool { direction != .in }

    /// Hands a private message for somebody the bridge stands for to who reads by it.
    package func deliver(_ message: Message) {
        if let cursor = cursors.first(where: reads) {
            cursor.deliver(message)
        } else {
            if mail.count == Cursor.mailboxBound { mail.removeFirst() }
            mail.append(message)
        }
    }

    func handMail(to cursor: Cursor) {
        guard reads(cursor) else { return }
        for message in mail { cursor.deliver(message) }
        mail = []
    }

    private func reads(_ cursor: Cursor) -> Bool {
        !cursor.isCancelled && cursor.channel == nil && cursor.room.name == room
    }
}
