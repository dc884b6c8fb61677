import Chat
import Glibc
import Sockets

/// Cuts what one client sends into lines, also that of clients that send no line endings.
///
/// A line ends with LF. Many small programs send `ana: hola` and nothing behind it: silence ends
/// their lines. Which kind a client is shows in what it sends:
///
/// | client | what has come as a whole | what has come key by key |
/// | --- | --- | --- |
/// | nothing has ended a line yet | is ended by silence | waits for its ending |
/// | has sent an LF first | waits, but for what is behind an LF within a piece | waits |
/// | silence has ended a line | is ended by silence | as `Keys` says |
///
/// Four keys are a terminal, of which a pasted piece waits, too. A silence that ends nothing is marked
/// in what waits: if that is ended by silence after all, it is so at each mark, since it was said in
/// so many pieces. If an ending comes instead, it is one line.
///
/// Confined to the bus's loop.
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

    /// What ends single keys of a client whose lines were ended by silence: it may be a program, or
    /// a terminal into which something was pasted.
    private enum Keys {
        /// Silence: no ending has come but in the midst of what was pasted.
        case endBySilence
        /// A long silence: an ending has come, and behind it a whole line without one.
        case endByLongSilence
        /// Their ending: the last line that did not come as a whole had one.
        case waitForEnding
    }

    /// What silence does to what waits.
    enum Silence {
        case endsNothing
        case ends
        /// It has to be a long one.
        case endsLate
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
    private var keysRule = Keys.endBySilence
    private var hasSeenLineFeed = false
    /// Whether a CR alone has ended a line.
    private var hasSeenReturn = false
    /// Whether what waits stands behind an LF within a piece.
    private var mayBePasted = false
    /// Whether what waits has come key by key.
    private var isTyped = true
    /// Keys that came one by one with nothing else between, LF and CR aside.
    private var keys = 0
    /// How many bytes waited when a silence ended nothing, in order.
    private var marks: [Int] = []
    /// Whether the last mark is the end of a line unless that is another protocol's.
    private var isMarkedFirmly = false

    /// So many keys, one by one, are a terminal in character mode, whose lines end with LF however
    /// slowly it is typed.
    private static let keysOfTerminal = 4
    /// Bytes that one key sends at most: an escape sequence.
    private static let bytesOfKey = 6

    init(longest: Int) { splitter = LineSplitter(longest: longest) }

    /// What silence does to what waits, if nothing more comes.
    var silence: Silence {
        guard hasPending else { return .endsNothing }
        switch ending {
        case .unknown: return isTyped || isTerminal ? .endsNothing : .ends
        case .lineFeed: return mayBePasted && !isTerminal ? .ends : .endsNothing
        case .silenceForNow, .silence: break
        }
        switch keysRule {
        case .endBySilence: return .ends
        case .endByLongSilence: return isTyped || isTerminal ? .endsLate : .ends
        case .waitForEnding: return isTyped || isTerminal ? .endsNothing : .ends
        }
    }

    /// Whether a silence is to be told of, if it ends something or not.
    var heedsSilence: Bool {
        silence != .endsNothing || hasPending && isTyped && !isTerminal && ending != .lineFeed
    }

    private var hasPending: Bool { splitter.hasPending || splitter.isInTooLongLine }

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
        hasSeenReturn = true
        return text
    }

    /// Cuts a piece and calls a function for each line that ends in it.
    @inline(__always)
    mutating func split(
        _ piece: UnsafeRawBufferPointer, endsWithReturns: Bool = false,
        _ body: (LineSplitter.Piece) -> Void
    ) {
        guard let last = piece.last else { return }
        if ending == .silence || ending == .silenceForNow { noteTypedEnding(piece) }
        if !marks.isEmpty, Self.has(lineFeed, piece) { forgetMarks() }
        splitter.split(piece, body)
        if last == lineFeed, !endsWithReturns {
            noteEnd()
        } else {
            note(piece, endsWithReturns: endsWithReturns)
        }
        if !hasPending { isTyped = true }
    }

    /// Notes an ending in front of which nothing waits, or only keys: whoever sends it types.
    private mutating func noteTypedEnding(_ piece: UnsafeRawBufferPointer) {
        guard let first = piece.first else { return }
        let isEnding = first == lineFeed || first == carriageReturn
        if isEnding && !hasPending || isTyped && hasTypedEnding(piece) {
            keysRule = .waitForEnding
        }
    }

    /// Whether it is an ending with one key beside it at most: keys come together on a slow line.
    private func hasTypedEnding(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= Self.bytesOfKey + 2,
            piece.contains(where: { $0 == lineFeed || $0 == carriageReturn })
        else { return false }
        let visible = Self.visible(in: piece)
        return visible.isEmpty || Self.isKey(visible)
    }

    /// Notes that a piece ended in LF.
    private mutating func noteEnd() {
        hasSeenLineFeed = true
        mayBePasted = false
        if ending != .silence { ending = .lineFeed }
    }

    private mutating func note(_ piece: UnsafeRawBufferPointer, endsWithReturns: Bool) {
        if Self.has(lineFeed, piece), hasTypedEnding(piece) {
            // The key behind it is the first one of a line.
            isTyped = true
            if !endsWithReturns { noteEnd() }
            note(Self.visible(in: piece))
        } else if !endsWithReturns, Self.has(lineFeed, piece) {
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
        if visible.isEmpty { return }
        if Self.isKey(visible) {
            if keys < Self.keysOfTerminal { keys += 1 }
        } else {
            isTyped = false
            if !isTerminal { keys = 0 }
        }
    }

    /// Whether it is what one key sends: one character, or an escape sequence.
    private static func isKey(_ visible: [UInt8]) -> Bool {
        guard let first = visible.first, visible.count <= bytesOfKey else { return false }
        let isRest = visible.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
        return visible.count == 1 || first == 0x1B || first >= 0xC0 && isRest
    }

    private static func visible(in piece: UnsafeRawBufferPointer) -> [UInt8] {
        piece.prefix(2 * bytesOfKey).filter { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
    }

    // MARK: - Silence

    /// Notes a silence that ends nothing yet, but for as many bytes at the end as the function asks
    /// to leave.
    mutating func markSilence(leaving: (UnsafeRawBufferPointer) -> Int) {
        let count = splitter.withPending { $0.count - leaving($0) }
        if count > marks.last ?? 0 { marks.append(count) }
        isMarkedFirmly = !marks.isEmpty && silence == .ends
    }

    /// Whether there was a silence that is the end of a line if what waits turns out to be one of
    /// the chat.
    var isHeldForSilence: Bool { isMarkedFirmly && silence == .ends }

    /// Takes what waits as a line because nothing more has come, but for as many bytes at its end as
    /// the function asks to leave.
    mutating func endBySilence(
        leaving: (UnsafeRawBufferPointer) -> Int, _ body: (LineSplitter.Piece) -> Void
    ) {
        let isCutOff = splitter.withPending { !$0.isEmpty && leaving($0) == $0.count }
        if isCutOff, marks.isEmpty { return }
        endAtMarks(body)
        splitter.flush(leaving: leaving, body)
        // What is left of a character is none that is typed.
        isTyped = !splitter.hasPending
    }

    /// Takes what waited when silence fell as lines.
    mutating func endAtMarks(_ body: (LineSplitter.Piece) -> Void) {
        noteSilence()
        flushMarks(body)
        if !splitter.hasPending { isTyped = true }
    }

    /// Takes what waits for what it is as a whole, whatever silence fell.
    mutating func forgetMarks() {
        marks = []
        isMarkedFirmly = false
    }

    /// Notes that silence ends a line.
    private mutating func noteSilence() {
        switch ending {
        case .unknown:
            ending = .silence
            keysRule = hasSeenReturn ? .waitForEnding : .endBySilence
        case .lineFeed:
            ending = .silenceForNow
            keysRule = .waitForEnding
        case .silenceForNow where mayBePasted, .silence where mayBePasted: break
        case .silenceForNow, .silence:
            keysRule = keysRule == .waitForEnding ? .endByLongSilence : .endBySilence
        }
        mayBePasted = false
        keys = 0
    }

    private mutating func flushMarks(_ body: (LineSplitter.Piece) -> Void) {
        var start = 0
        for mark in marks {
            splitter.flush(leaving: { $0.count - (mark - start) }, body)
            start = mark
        }
        forgetMarks()
    }

    /// Takes what waits as a line, as at the end of a stream.
    mutating func end(_ body: (LineSplitter.Piece) -> Void) {
        if silence == .ends { flushMarks(body) }
        splitter.flush(body)
    }

    private static func has(_ byte: UInt8, _ piece: UnsafeRawBufferPointer) -> Bool {
        piece.baseAddress.map { memchr($0, Int32(byte), piece.count) != nil } ?? false
    }

    private var lineFeed: UInt8 { 0x0A }
    private var carriageReturn: UInt8 { 0x0D }
}
