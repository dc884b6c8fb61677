import Chat
import MessageBus
import Sockets

/// The lists that the connections of a server are being answered with: a piece at a time, by turns,
/// each when its reader has taken the one before, and with a bound on what all of them hold.
///
/// Confined to the bus's loop.
final class AnswerLists: @unchecked Sendable {  // touched on the loop only
    /// Bytes of a piece, about: what waits for one reader, and what is sent to it at once.
    static let pieceBytes = 16 << 10
    /// Pieces produced in a turn: a fraction of a millisecond, a few if all lines are short.
    private static let piecesPerTurn = 4
    /// Questions that the store is asked at a time, each of a piece.
    private static let fetchesAtOnce = 16

    private let bound: Int
    private let loop: EventLoop
    private let bus: Bus
    /// Bytes that all lists hold.
    private var held = 0
    /// Whose readers have taken everything so far; the first is next.
    private var ready: [ChatConnection] = []
    /// Who needs something of the store, and what.
    private var needy: [(connection: ChatConnection, numbers: [UInt64])] = []
    private var fetches: [UInt64: PendingQuery] = [:]
    private var lastFetch: UInt64 = 0

    init(bound: Int, on loop: EventLoop, bus: Bus) {
        self.bound = bound
        self.loop = loop
        self.bus = bus
    }

    /// Whether a list that holds so many bytes, and a piece of it, fit beside the others.
    ///
    /// The room for the piece is kept from the beginning: what has begun never waits for others.
    func hasRoom(for bytes: Int) -> Bool { held + bytes + Self.pieceBytes <= bound }

    /// Notes how much more the lists of a connection hold.
    func count(_ difference: Int) { held += difference }

    /// Has the next piece of a connection's list produced, when it is its turn.
    func add(_ connection: ChatConnection) {
        ready.append(connection)
        // The pieces of this turn may have been produced already.
        loop.wakeAgain()
    }

    /// Produces pieces for who is next.
    ///
    /// Returns whether somebody had a turn.
    func serve(_ bus: isolated Bus) -> Bool {
        // What follows has its turn in the next one: others are to be heard in between.
        let served = ready.prefix(Self.piecesPerTurn)
        ready.removeFirst(served.count)
        for connection in served { connection.produceList(bus) }
        if !ready.isEmpty { loop.wakeAgain() }
        return !served.isEmpty
    }

    // MARK: - The store

    /// Has a connection's list supplied with messages of the store.
    func fetch(_ numbers: [UInt64], for connection: ChatConnection) {
        needy.append((connection, numbers))
        fetchNext()
    }

    private func fetchNext() {
        while fetches.count < Self.fetchesAtOnce, !needy.isEmpty {
            let (connection, numbers) = needy.removeFirst()
            if connection.isClosed { continue }
            lastFetch += 1
            let (id, pendingQuery) = (lastFetch, PendingQuery(on: loop, bus: bus))
            fetches[id] = pendingQuery
            pendingQuery.begin { bus in
                try await bus.store.messages(numbered: numbers)
            } then: { [weak self, weak connection] result, bus in
                connection?.supplyList(result, bus)
                self?.fetches[id] = nil
                self?.fetchNext()
            }
        }
    }
}
