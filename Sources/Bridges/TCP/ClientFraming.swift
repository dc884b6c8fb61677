import Glibc
import Sockets

/// Cuts what one client sends into lines, also that of clients that send no line endings.
///
/// A line ends with LF. Many small programs send `ana: hola` and nothing behind it: silence ends
/// their lines. Which kind a client is shows in what it sends. Confined to the bus's loop.
struct ClientFraming {
    /// What ends a client's lines, as far as is known.
    private enum Ending {
        /// Nothing has ended one yet.
        case unknown
        case lineFeed
        /// Silence too, until a piece ends in LF: one had an LF within and none at its end, and then
        /// nothing came, so it was pasted.
        case silenceForNow
        /// Silence too, for good.
        case silence
    }

    /// What is to be split in place of bytes that were read.
    struct Text {
        fileprivate(set) var bytes: [UInt8]
        /// Whether what is an LF here was a CR.
        fileprivate(set) var endsWithReturns = false
    }

    private var splitter: LineSplitter
    private var telnet = TelnetFilter()
    private var ending = Ending.unknown
    private var hasSeenLineFeed = false
    /// Whether what waits stands behind an LF within a piece.
    private var mayBePasted = false
    /// Whether what waits has come key by key.
    private var isTyped = true
    /// Keys that came one by one with nothing else between, LF and CR aside.
    private var keys = 0

    /// So many keys, one by one, are a terminal in character mode, whose lines end with LF however
    /// slowly it is typed.
    private static let keysOfTerminal = 4
    /// Bytes that one key sends at most: an escape sequence.
    private static let bytesOfKey = 6

    init(longest: Int) { splitter = LineSplitter(longest: longest) }

    /// Whether silence is to end what waits.
    var endsBySilence: Bool {
        guard splitter.hasPending || splitter.isInTooLongLine else { return false }
        return switch ending {
        case .unknown: !isTyped && !isTerminal
        case .lineFeed: mayBePasted && !isTerminal
        case .silenceForNow, .silence: true
        }
    }

    private var isTerminal: Bool { keys >= Self.keysOfTerminal }

    /// Calls a function with what waits for its end.
    func withPending<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        splitter.withPending(body)
    }

    // MARK: - Pieces

    /// What is to be split in place of a piece, `nil` if that is the piece itself.
    ///
    /// Telnet's negotiation is taken off, and a CR ends a line where there has never been an LF, not
    /// in the same piece either.
    mutating func text(of piece: UnsafeRawBufferPointer) -> Text? {
        var text = telnet.concerns(piece) ? Text(bytes: telnet.text(of: piece)) : nil
        if hasSeenLineFeed { return text }
        let (hasReturn, hasLineFeed) =
            text.map { ($0.bytes.contains(carriageReturn), $0.bytes.contains(lineFeed)) }
            ?? (Self.has(carriageReturn, piece), Self.has(lineFeed, piece))
        guard hasReturn, !hasLineFeed else { return text }
        let bytes = text?.bytes ?? Array(piece)
        text = Text(
            bytes: bytes.map { $0 == carriageReturn ? lineFeed : $0 }, endsWithReturns: true)
        return text
    }

    /// Cuts a piece and calls a function for each line that ends in it.
    @inline(__always)
    mutating func split(
        _ piece: UnsafeRawBufferPointer, endsWithReturns: Bool = false,
        _ body: (LineSplitter.Piece) -> Void
    ) {
        guard let last = piece.last else { return }
        splitter.split(piece, body)
        if last == lineFeed, !endsWithReturns {
            noteEnd()
        } else {
            note(piece, endsWithReturns: endsWithReturns)
        }
        if !splitter.hasPending, !splitter.isInTooLongLine { isTyped = true }
    }

    /// Notes that a piece ended in LF.
    private mutating func noteEnd() {
        hasSeenLineFeed = true
        mayBePasted = false
        if ending != .silence { ending = .lineFeed }
    }

    private mutating func note(_ piece: UnsafeRawBufferPointer, endsWithReturns: Bool) {
        if !endsWithReturns, Self.has(lineFeed, piece) {
            hasSeenLineFeed = true
            mayBePasted = true
            isTyped = false
            if ending == .unknown { ending = .lineFeed }
        } else {
            note(Self.visible(in: piece))
        }
    }

    /// Notes what came in a piece, LF, CR and NUL left out, or its beginning.
    private mutating func note(_ visible: [UInt8]) {
        guard let first = visible.first else { return }
        // What one key sends: one character, or an escape sequence.
        let isRest = visible.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
        let isKey = visible.count == 1 || first == 0x1B || first >= 0xC0 && isRest
        if isKey, visible.count <= Self.bytesOfKey {
            if keys < Self.keysOfTerminal { keys += 1 }
        } else {
            isTyped = false
            if !isTerminal { keys = 0 }
        }
    }

    private static func visible(in piece: UnsafeRawBufferPointer) -> [UInt8] {
        piece.prefix(2 * bytesOfKey).filter { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
    }

    /// Takes what waits as a line because nothing more has come, but for as many bytes at its end as
    /// the function asks to leave.
    mutating func endBySilence(
        leaving: (UnsafeRawBufferPointer) -> Int, _ body: (LineSplitter.Piece) -> Void
    ) {
        switch ending {
        case .unknown: ending = .silence
        case .lineFeed: ending = .silenceForNow
        case .silenceForNow, .silence: break
        }
        mayBePasted = false
        keys = 0
        splitter.flush(leaving: leaving, body)
        isTyped = true
    }

    /// Takes what waits as a line, as at the end of a stream.
    mutating func end(_ body: (LineSplitter.Piece) -> Void) { splitter.flush(body) }

    private static func has(_ byte: UInt8, _ piece: UnsafeRawBufferPointer) -> Bool {
        piece.baseAddress.map { memchr($0, Int32(byte), piece.count) != nil } ?? false
    }

    private var lineFeed: UInt8 { 0x0A }
    private var carriageReturn: UInt8 { 0x0D }
}
