import Sockets

/// What one connection gets before anything else: the rest of a line of which a part is sent,
/// answers that are due, lines that were fetched from the store.
///
/// Confined to the bus's loop.
struct DueBytes {
    /// How sending went.
    enum Outcome {
        /// The kernel has all of it.
        case sent
        /// The kernel takes no more at present.
        case blocked
        /// The connection is broken.
        case broken
    }

    private var bytes: [UInt8] = []
    private var sent = 0
    /// Whether there are lines of the store among them.
    private var areStored = false

    /// Whether there are none.
    var isEmpty: Bool { bytes.isEmpty }
    /// How many count as answers that wait: none, while the room's stored lines are among them.
    var waitingCount: Int { areStored ? 0 : bytes.count - sent }

    /// Adds bytes behind the others.
    mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    /// Adds lines that were fetched from the store.
    mutating func append(stored lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        bytes.append(contentsOf: lines)
        areStored = true
    }

    /// Sends as much as the kernel takes, and adds how much that was.
    mutating func send(on connection: Connection, counting total: inout UInt64) -> Outcome {
        let outcome = bytes.withUnsafeBytes { bytes in
            connection.send(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        }
        switch outcome {
        case .bytes(let count):
            sent += count
            total += UInt64(count)
            if sent < bytes.count { return .blocked }
            self = DueBytes()
            return .sent
        case .wouldBlock: return .blocked
        case .end, .failed: return .broken
        }
    }
}
