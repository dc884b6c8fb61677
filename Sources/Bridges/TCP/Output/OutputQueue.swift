import Chat
import Sockets

/// What one connection gets before anything else: the rest of a line of which a part is sent,
/// answers that are due, lines that were fetched from the store.
///
/// Confined to the bus's loop.
struct OutputQueue {
    /// How sending went.
    enum Outcome {
        /// The kernel has all of it, up to the next list.
        case sent
        /// The kernel takes no more at present.
        case blocked
        /// The next piece of a list has to be produced.
        case atList
        /// The connection is broken.
        case broken
    }

    /// A list, and how many bytes go out before it.
    private struct ListPlace {
        let start: Int
        let list: any AnswerList
    }

    private var bytes: [UInt8] = []
    private var sent = 0
    /// Whether there are lines of the store among them.
    private var areStored = false
    private var lists: [ListPlace] = []
    /// What of the first list is produced.
    private var piece: [UInt8] = []
    private var pieceSent = 0
    private var isLastPiece = false

    /// Whether there are none.
    var isEmpty: Bool { bytes.isEmpty && lists.isEmpty }
    /// How many count as answers that wait: none, while the room's stored lines are among them.
    var waitingCount: Int { (areStored ? 0 : bytes.count - sent) + piece.count - pieceSent }
    /// The list of which the next piece has to be produced; `nil` while something waits in front.
    var list: (any AnswerList)? { isInList && piece.isEmpty ? lists.first?.list : nil }

    private var isInList: Bool { lists.first.map { $0.start == sent } ?? false }

    /// Adds bytes behind the others.
    mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    /// Adds a list behind the bytes that are there.
    mutating func append(_ list: any AnswerList) {
        lists.append(ListPlace(start: bytes.count, list: list))
    }

    /// Adds lines that were fetched from the store.
    mutating func append(stored lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        bytes.append(contentsOf: lines)
        areStored = true
    }

    /// Takes the next piece of the list that is due.
    ///
    /// - Parameter isLast: whether the list ends with it.
    mutating func supply(_ next: [UInt8], isLast: Bool) {
        (piece, pieceSent, isLastPiece) = (next, 0, isLast)
        if piece.isEmpty { endPiece() }
    }

    private mutating func endPiece() {
        if isLastPiece { lists.removeFirst() }
        (piece, pieceSent, isLastPiece) = ([], 0, false)
        forgetIfSent()
    }

    private mutating func forgetIfSent() {
        if sent == bytes.count, lists.isEmpty { self = OutputQueue() }
    }

    /// Sends as much as the kernel takes, and adds how much that was.
    mutating func send(on connection: Connection, counting total: inout UInt64) -> Outcome {
        if isInList {
            return piece.isEmpty ? .atList : sendPiece(on: connection, counting: &total)
        }
        let end = lists.first?.start ?? bytes.count
        let outcome = Self.send(bytes[sent..<end], on: connection, counting: &total) { sent += $0 }
        if case .sent = outcome { forgetIfSent() }
        return outcome
    }

    private mutating func sendPiece(
        on connection: Connection, counting total: inout UInt64
    ) -> Outcome {
        let rest = piece[pieceSent...]
        let outcome = Self.send(rest, on: connection, counting: &total) { pieceSent += $0 }
        if case .sent = outcome { endPiece() }
        return outcome
    }

    private static func send(
        _ bytes: ArraySlice<UInt8>, on connection: Connection, counting total: inout UInt64,
        _ advance: (Int) -> Void
    ) -> Outcome {
        switch bytes.withUnsafeBytes({ connection.send($0) }) {
        case .bytes(let count):
            advance(count)
            total += UInt64(count)
            return count == bytes.count ? .sent : .blocked
        case .wouldBlock: return .blocked
        case .end, .failed: return .broken
        }
    }
}
