/// The bytes of answers that the kernel has not taken yet.
///
/// Confined to its connection. Small answers are put together, for one system call; large bodies
/// are kept as they are, without a copy.
struct HTTPOutput {
    /// The result of sending.
    enum Progress {
        /// The kernel has taken everything.
        case done
        /// The rest waits until the connection is writable; `hasMoved` if anything was taken.
        case blocked(hasMoved: Bool)
        /// The connection is broken.
        case failed
    }

    private var pieces: [[UInt8]] = []
    /// Bytes of the first piece that are sent.
    private var sent = 0
    /// True if the last piece is nobody else's, so that it may grow.
    private var mayGrow = false
    /// Bytes that wait.
    private(set) var count = 0

    /// Bytes of a piece that grows; larger bodies become pieces of their own.
    private static let maxGrown = 16 << 10

    var isEmpty: Bool { count == 0 }

    /// Lets a function append bytes.
    mutating func append(_ body: (inout [UInt8]) -> Void) {
        var piece: [UInt8] = []
        if mayGrow, (pieces.last?.count ?? .max) < Self.maxGrown {
            piece = pieces.removeLast()
        }
        let before = piece.count
        body(&piece)
        count += piece.count - before
        pieces.append(piece)
        mayGrow = true
    }

    /// Appends a body.
    mutating func append(_ bytes: [UInt8]) {
        if bytes.isEmpty { return }
        if bytes.count < Self.maxGrown { return append { $0 += bytes } }
        pieces.append(bytes)
        count += bytes.count
        mayGrow = false
    }

    /// Sends as much as the kernel takes.
    mutating func send(on connection: Connection) -> Progress {
        let before = count
        while let piece = pieces.first {
            let outcome = unsafe piece.withUnsafeBytes {
                connection.send($0.part(sent...))
            }
            switch outcome {
            case .bytes(let taken):
                (sent, count) = (sent + taken, count - taken)
                if sent == piece.count {
                    pieces.removeFirst()
                    sent = 0
                }
            case .wouldBlock: return .blocked(hasMoved: count != before)
            case .end, .failed: return .failed
            }
        }
        mayGrow = false
        switch connection.flush() {
        case nil: return .done
        case .wouldBlock, .bytes: return .blocked(hasMoved: true)
        case .end, .failed: return .failed
        }
    }
}
