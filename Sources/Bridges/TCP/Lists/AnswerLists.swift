import Chat
import MessageBus
import Sockets

/// The answer lists that a server's connections are reading.
///
/// Pieces are produced in turn, each when its reader has taken the one before, and the memory of
/// all lists is bounded.
///
/// Confined to the bus's loop.
final class AnswerLists: @unchecked Sendable {  // touched on the loop only
    /// Pieces produced in a turn: a fraction of a millisecond, or a few if all lines are short.
    private static let piecesPerTurn = 4
    /// Requests to the store at a time, each for a piece.
    private static let fetchesAtOnce = 16

    private var bound: Int
    private let loop: EventLoop
    private let bus: Bus
    /// Bytes that all lists hold.
    private var heldBytes = 0
    /// The connections whose readers have taken everything so far; the first is next.
    private var ready: [ChatConnection] = []
    /// The connections that need messages from the store, with their numbers.
    private var storeRequests: [(connection: ChatConnection, numbers: [MessageNumber])] = []
    private var fetches: [UInt64: PendingQuery] = [:]
    private var lastFetch: UInt64 = 0

    init(bound: Int, on loop: EventLoop, bus: Bus) {
        self.bound = bound
        self.loop = loop
        self.bus = bus
    }

    /// Changes the bytes that all lists may hold; lists that already hold more go on.
    func setBound(_ bytes: Int) { bound = bytes }

    /// Returns whether a list that holds a number of bytes, and a piece of it, fit beside the
    /// others.
    ///
    /// The memory for the piece is reserved from the beginning, so a list never waits for others.
    func hasCapacity(for bytes: Int) -> Bool {
        heldBytes + bytes + ClientOutput.listPieceBytes <= bound
    }

    /// Changes the bytes that are counted.
    func adjustHeldBytes(by difference: Int) { heldBytes += difference }

    /// Schedules the next piece of a connection's list.
    func enqueue(_ connection: ChatConnection) {
        loop.assertOwned()
        ready.append(connection)
        // The pieces of this turn may have been produced already.
        loop.requestTurnIfEnding()
    }

    /// Produces the next pieces; returns whether there were any.
    func produceNext(_ bus: isolated Bus) -> Bool {
        // A list that goes on waits for the next turn, so that others are served in between.
        let served = ready.prefix(Self.piecesPerTurn)
        ready.removeFirst(served.count)
        for connection in served { connection.produceList(bus) }
        if !ready.isEmpty { loop.requestTurnIfEnding() }
        return !served.isEmpty
    }

    // MARK: - The store

    /// Asks the store for messages of a connection's list.
    func fetch(_ numbers: [MessageNumber], for connection: ChatConnection) {
        loop.assertOwned()
        storeRequests.append((connection, numbers))
        fetchNext()
    }

    private func fetchNext() {
        while fetches.count < Self.fetchesAtOnce, !storeRequests.isEmpty {
            let (connection, numbers) = storeRequests.removeFirst()
            if connection.isClosed { continue }
            lastFetch += 1
            let (id, pendingQuery) = (lastFetch, PendingQuery(on: loop, bus: bus))
            fetches[id] = pendingQuery
            pendingQuery.start { bus in
                try await bus.store.messages(numbered: numbers)
            } then: { [weak self, weak connection] result, bus in
                connection?.supplyList(result, bus)
                self?.fetches[id] = nil
                self?.fetchNext()
            }
        }
    }
}
