import Chat
import Sockets

/// The lines that a client has sent and that can't be executed yet, in order.
///
/// They are one read at most, because nothing is read meanwhile. Owned by `ChatInput`; confined
/// to the bus's loop.
struct DeferredLines {
    /// The lines that are not too long, each with an LF.
    private(set) var bytes: [UInt8] = []
    private var start = 0
    /// The places between those lines where one was too long, with its beginning.
    private var tooLong: [(place: Int, beginning: [UInt8])] = []
    private var firstTooLong = 0

    /// True if there are no lines.
    var isEmpty: Bool { start == bytes.count && firstTooLong == tooLong.count }

    /// Appends what the splitter found.
    mutating func append(_ piece: LineSplitter.Piece) {
        switch piece {
        case .line(let line, _):
            unsafe bytes.append(contentsOf: line)
            bytes.append(lineFeed)
        case .tooLong(let beginning): unsafe tooLong.append((bytes.count, Array(beginning)))
        }
    }

    /// Calls a function with the next piece and removes it; returns false if there is none.
    mutating func consumeNext(_ body: (LineSplitter.Piece) -> Void) -> Bool {
        guard consumePiece(body) else { return false }
        // Frees the memory with the last piece: otherwise it would grow as long as more comes.
        if isEmpty { self = DeferredLines() }
        return true
    }

    private mutating func consumePiece(_ body: (LineSplitter.Piece) -> Void) -> Bool {
        if firstTooLong < tooLong.count, tooLong[firstTooLong].place == start {
            unsafe tooLong[firstTooLong].beginning.withUnsafeBytes { unsafe body(.tooLong($0)) }
            firstTooLong += 1
            return true
        }
        let found = unsafe bytes.withUnsafeBytes { bytes in
            let end = bytes.offset(of: lineFeed, from: start)
            if let end { unsafe body(.line(bytes.part(start..<end), isPlain: false)) }
            return end
        }
        guard let end = found else { return false }
        start = end + 1
        return true
    }

    private var lineFeed: UInt8 { 0x0A }
}
