import Chat
import Glibc
import Sockets

/// What a connection has sent while it waits for an answer: its lines, in order.
///
/// No more than one read brings, because nothing is read meanwhile. Confined to the bus's loop.
struct DeferredLines {
    /// The lines that are not too long, each with an LF.
    private var bytes: [UInt8] = []
    private var start = 0
    /// Where, between those lines, one was too long, and how it begins.
    private var tooLong: [(place: Int, beginning: [UInt8])] = []
    private var firstTooLong = 0

    /// Whether there are none.
    var isEmpty: Bool { start == bytes.count && firstTooLong == tooLong.count }

    /// Keeps what the splitter found.
    mutating func append(_ piece: LineSplitter.Piece) {
        switch piece {
        case .line(let line, _):
            bytes.append(contentsOf: line)
            bytes.append(lineFeed)
        case .tooLong(let beginning): tooLong.append((bytes.count, Array(beginning)))
        }
    }

    /// Bytes that are held.
    var heldBytes: Int { bytes.count }

    /// Hands the next piece out; returns false when there is none.
    mutating func takeNext(_ body: (LineSplitter.Piece) -> Void) -> Bool {
        guard takePiece(body) else { return false }
        // What was taken is let go of with the last piece: what comes next is not put behind it.
        if isEmpty { self = DeferredLines() }
        return true
    }

    private mutating func takePiece(_ body: (LineSplitter.Piece) -> Void) -> Bool {
        if firstTooLong < tooLong.count, tooLong[firstTooLong].place == start {
            tooLong[firstTooLong].beginning.withUnsafeBytes { body(.tooLong($0)) }
            firstTooLong += 1
            return true
        }
        let found = bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { memchr($0 + start, 10, bytes.count - start) }.map {
                UnsafeRawPointer($0) - (bytes.baseAddress ?? UnsafeRawPointer($0))
            }
        }
        guard let end = found else { return false }
        bytes.withUnsafeBytes { bytes in
            body(.line(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), isPlain: false))
        }
        start = end + 1
        return true
    }

    private var lineFeed: UInt8 { 0x0A }
}
