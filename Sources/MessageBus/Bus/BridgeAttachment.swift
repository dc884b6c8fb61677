import Synchronization

/// A bridge as the bus sees it: its name, its chains, its counters and its readers.
///
/// Confined to the bus's loop, but for what never changes.
package final class BridgeAttachment: @unchecked Sendable {  // `var`s on the loop only
    /// The bridge's name in bridge.json.
    package let name: String
    /// The room of messages that name no other.
    package let room: String
    package let direction: Direction
    /// The form in which people on this bridge are shown: `{name}` and `{bridge}` are filled in.
    package let senderFormat: String
    /// True for a `FleetBridge`: names are shown as it gives them, and the common chain of another
    /// instance has judged what it brings in.
    package let isFleet: Bool
    /// The chain for messages that the bridge brings in; it judges before the common chain.
    package let chain: Chain
    /// The chain for messages that the bridge is given.
    package let outgoing: Chain

    /// True if the bridge has said that it works since it was last started.
    ///
    /// Safe from any thread.
    package var isReady: Bool { readiness.load(ordering: .acquiring) }
    let readiness = Atomic(false)
    /// Called each time that the bridge says that it works.
    var whenReady: (@Sendable () -> Void)?

    /// The state of the bridge.
    ///
    /// Safe from any thread.
    package let condition = BridgeCondition()
    /// The counters of the bridge, over all its runs and attachments.
    package internal(set) var statistics = BridgeStatistics()
    /// Returns the numbers that rise and fall; set by a bridge while it runs.
    package var readGauges: ((isolated Bus) -> BridgeGauges)?

    /// True if the bridge is to end, with the bus or alone.
    ///
    /// Safe from any thread.
    package var isToEnd: Bool { stopSignal.count > 0 }

    /// Returns when the bridge is to end, or the task is cancelled.
    package nonisolated(nonsending) func waitUntilToEnd() async { await stopSignal.wait(since: 0) }

    /// Number of messages the bridge has brought in.
    package internal(set) var received: UInt64 = 0
    /// Number of those that passed the chains.
    package internal(set) var passed: UInt64 = 0
    /// Number of those that a chain dropped.
    package internal(set) var dropped: UInt64 = 0

    /// Sent once, when the bridge is to end: with the bus, or alone.
    nonisolated let stopSignal = BroadcastSignal()
    /// The reason for which the bridge is to end alone; `nil` if it is not.
    package internal(set) var ending: BridgeEnding?
    /// True once the bridge's intakes are closed after it was told to end alone: a reader that has
    /// come as far as it should is done.
    package internal(set) var isEnding = false
    /// The number up to which a bridge that ends alone is still to deliver.
    var lastOwed: MessageNumber?
    /// True once the bridge has ended and another may have its name: nothing comes in by this one.
    var isDetached = false
    /// Functions to call when the bridge's readers are to finish.
    var endHandlers: [() -> Void] = []
    /// The places where the readers of the bridge that this one replaces stood.
    var inheritedPlaces: [ReaderPosition.Reader: ReaderPosition] = [:]
    /// The places where this bridge's readers stood when it ended.
    var places: [ReaderPosition.Reader: ReaderPosition] = [:]

    var cursors: [Cursor] = []
    /// Sent when a reader has read everything and waits for more.
    let idle = BroadcastSignal()
    /// The places where the rooms' logs ended when the present run began.
    var positions: [String: LogPosition] = [:]
    /// The first number that was free when the present run began; `nil` if none had been given.
    var runStart: MessageNumber?
    /// The first number that was free when the first run began; `nil` if none had been given.
    var firstStart: MessageNumber?
    var senders = KnownSenders()
    var openIntakes = 0
    /// Readers whose cursors outlive the process, for the time of a run.
    var durableReaders: [StoreBackedReader] = []
    /// Returns why the other side can't be reached, `nil` if it can; set by a bridge that knows.
    var reachabilityProblem: (@Sendable () -> String?)?
    /// Runs that have begun.
    var runs = 0
    /// The presences of people whom the bridge stands for.
    var presences: [Presence] = []
    /// Private messages that came before there was a reader: at most
    /// `Cursor.maxPendingPrivateMessages`.
    var pendingPrivateMessages: [Message] = []
    /// The queue of private messages, if the bridge reads them by themselves.
    var privateMessages: PrivateMessageQueue?

    /// Makes the attachment of a bridge of bridge.json.
    package init(
        name: String, room: String, direction: Direction = .both,
        senderFormat: String = "{name} ({bridge})", chain: Chain = Chain(),
        outgoing: Chain = Chain(), isFleet: Bool = false
    ) {
        self.isFleet = isFleet
        self.name = name
        self.room = room
        self.direction = direction
        self.senderFormat = senderFormat
        self.chain = chain
        self.outgoing = outgoing
    }

    /// Makes an attachment like another one that has ended, to run its bridge again.
    package convenience init(renewing other: BridgeAttachment) {
        self.init(
            name: other.name, room: other.room, direction: other.direction,
            senderFormat: other.senderFormat, chain: other.chain, outgoing: other.outgoing,
            isFleet: other.isFleet)
    }

    /// Takes over what another bridge of that name leaves behind.
    func inherit(from earlier: BridgeAttachment) {
        outgoing.owner.assertOwned()
        (received, passed, dropped) = (earlier.received, earlier.passed, earlier.dropped)
        inheritedPlaces = earlier.places
        pendingPrivateMessages = earlier.pendingPrivateMessages
        earlier.pendingPrivateMessages = []
    }

    /// Remembers where a reader of a bridge that ends alone stands, so that another bridge may go
    /// on there.
    func recordPlace(of cursor: Cursor) {
        guard ending != nil else { return }
        places[.init(room: cursor.room.name, channel: cursor.channel)] = cursor.place
    }
}

extension BridgeAttachment: PresenceDelegate {
    /// True if the bridge carries messages out.
    package var isReachable: Bool { direction != .in }

    /// Hands a private message for somebody on the bridge to the bridge's reader, or keeps it until
    /// there is one.
    package func deliver(_ message: Message) {
        outgoing.owner.assertOwned()
        if let privateMessages, message.isPrivate {
            // Senders get their own messages as well, which is of no use to a bridge.
            guard presences.contains(where: { $0.sender.key == message.other?.key }) else { return }
            for message in outgoing.isEmpty ? [message] : outgoing.judge([message]) {
                privateMessages.append(message)
            }
        } else if let cursor = cursors.first(where: reads) {
            cursor.deliver(message)
        } else {
            if pendingPrivateMessages.count == Cursor.maxPendingPrivateMessages {
                pendingPrivateMessages.removeFirst()
            }
            pendingPrivateMessages.append(message)
        }
    }

    func deliverPendingPrivateMessages(to cursor: Cursor) {
        outgoing.owner.assertOwned()
        guard reads(cursor) else { return }
        for message in pendingPrivateMessages { cursor.deliver(message) }
        pendingPrivateMessages = []
    }

    private func reads(_ cursor: Cursor) -> Bool {
        !cursor.isCancelled && cursor.channel == nil && cursor.room.name == room
    }
}
