import Sockets

/// The bytes that one connection is sent before anything else: the rest of a line that is sent in
/// part, answers whose place is reached, and lines from the store.
///
/// Owned by the output of a connection; confined to the bus's loop.
struct OutputQueue {
    /// The result of sending.
    enum Outcome {
        /// The kernel has everything, up to the next list.
        case sent
        /// The kernel takes no more at present.
        case blocked
        /// The next piece of a list must be produced.
        case atList
        /// The connection is broken.
        case broken
    }

    /// A list, and the number of bytes in front of it.
    private struct ListPlace {
        let start: Int
        let list: any AnswerList
    }

    private var bytes: [UInt8] = []
    private var sent = 0
    /// True if lines from the store are among the bytes.
    private(set) var areStored = false
    private var lists: [ListPlace] = []
    /// The part of the first list that has been produced.
    private var piece: [UInt8] = []
    private var pieceSent = 0
    private var isLastPiece = false

    /// True if there are neither bytes nor lists.
    var isEmpty: Bool { bytes.isEmpty && lists.isEmpty }
    /// Bytes that count as pending answers: none, as long as lines from the store are among them.
    var waitingCount: Int { (areStored ? 0 : bytes.count - sent) + piece.count - pieceSent }
    /// The list whose next piece must be produced; `nil` while bytes wait in front of it.
    var list: (any AnswerList)? { isInList && piece.isEmpty ? lists.first?.list : nil }

    private var isInList: Bool { lists.first.map { $0.start == sent } ?? false }

    /// Appends bytes.
    mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    /// Appends a list behind the bytes that are there.
    mutating func append(_ list: any AnswerList) {
        lists.append(ListPlace(start: bytes.count, list: list))
    }

    /// Appends lines from the store.
    mutating func append(stored lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        bytes.append(contentsOf: lines)
        areStored = true
    }

    /// Takes the next piece of the list whose turn it is.
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

    /// Sends as much as the kernel takes, and adds the number of bytes.
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
        switch unsafe bytes.withUnsafeBytes({ connection.send($0) }) {
        case .bytes(let count):
            advance(count)
            total += UInt64(count)
            return count == bytes.count ? .sent : .blocked
        case .wouldBlock: return .blocked
        case .end, .failed: return .broken
        }
    }
}
