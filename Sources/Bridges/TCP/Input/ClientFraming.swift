import Chat
import Sockets

/// The splitter that makes lines from one client's bytes, for clients with and without line
/// endings.
///
/// A line ends with LF. Many small programs send `ana: hola` and no LF: silence ends their lines.
/// A client's input shows which kind it is:
///
/// | client | text that came as a whole | text that came key by key |
/// | --- | --- | --- |
/// | nothing has ended a line yet | ended by silence | waits for its ending |
/// | has sent an LF first | waits, except text after an LF within a piece | waits |
/// | silence has ended a line | ended by silence | see `Keys` |
///
/// Four keys are a terminal, whose pasted text waits, too. A silence that ends nothing leaves a
/// mark in the pending text: if silence ends that text after all, each mark ends a line, since the
/// text was sent in that many pieces. If an LF comes instead, the text is one line.
///
/// Owned by `ChatInput`; confined to the bus's loop.
struct ClientFraming {
    /// The known ending of a client's lines.
    private enum Ending {
        /// Nothing has ended a line yet.
        case unknown
        case lineFeed
        /// Silence as well, until a piece ends in LF: a piece had an LF within and none at its end,
        /// and silence followed, so it was pasted.
        case silenceForNow
        /// Silence as well, for good.
        case silence
    }

    /// The ending of single keys from a client whose lines silence has ended: it may be a program,
    /// or a terminal into which text was pasted.
    private enum Keys {
        /// Silence: the only endings have come within pasted text.
        case endBySilence
        /// A long silence: an ending has come, and after it a whole line without one.
        case endByLongSilence
        /// Their ending: the last line that did not come as a whole had one.
        case waitForEnding
    }

    /// The effect of a silence on the pending text.
    enum Silence {
        case endsNothing
        case ends
        /// A long silence ends it.
        case endsLate
    }

    /// The text to split in place of bytes that were read.
    struct Text {
        fileprivate(set) var bytes: [UInt8]
        /// True if its LFs were CRs.
        fileprivate(set) var endsWithReturns = false
    }

    private var splitter: LineSplitter
    private var telnet = TelnetFilter()
    private var ending = Ending.unknown
    private var keysRule = Keys.endBySilence
    private var hasSeenLineFeed = false
    /// True once a CR alone has ended a line.
    private var hasSeenReturn = false
    /// True if the pending text follows an LF within a piece.
    private var mayBePasted = false
    /// True if the pending text came key by key.
    private var isTyped = true
    /// Keys that came one by one with nothing else between, apart from LF and CR.
    private var keys = 0
    /// The lengths of the pending text at each silence that ended nothing, rising.
    private var marks: [Int] = []
    /// True if the last mark ends a line, unless the text is another protocol's.
    private var isMarkedFirmly = false

    /// The number of keys, sent one by one, that show a terminal in character mode; its lines end
    /// with LF, however slowly they are typed.
    private static let keysOfTerminal = 4
    /// The most bytes that one key sends: an escape sequence.
    private static let bytesOfKey = 6

    init(longest: Int) { splitter = LineSplitter(longest: longest) }

    /// Changes the length of the longest line.
    mutating func setLongest(_ bytes: Int) { splitter.longest = bytes }

    /// The effect of a silence on the pending text, if nothing more comes.
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

    /// True if a silence must be reported, whether it ends a line or not.
    var heedsSilence: Bool {
        silence != .endsNothing || hasPending && isTyped && !isTerminal && ending != .lineFeed
    }

    private var hasPending: Bool { splitter.hasPending || splitter.isInTooLongLine }

    private var isTerminal: Bool { keys >= Self.keysOfTerminal }

    /// Calls a function with the pending text.
    @safe func withPending<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        splitter.withPending(body)
    }

    // MARK: - Pieces

    /// Returns the text to split in place of a piece, or `nil` for the piece itself.
    ///
    /// Telnet's negotiation is removed. A CR ends a line as long as no LF has come, in this piece
    /// or before.
    @safe mutating func text(of piece: UnsafeRawBufferPointer) -> Text? {
        var text = telnet.mustFilter(piece) ? Text(bytes: telnet.text(of: piece)) : nil
        if hasSeenLineFeed { return text }
        let (hasReturn, hasLineFeed) =
            text.map { ($0.bytes.contains(carriageReturn), $0.bytes.contains(lineFeed)) }
            ?? (piece.offset(of: carriageReturn) != nil, piece.offset(of: lineFeed) != nil)
        guard hasReturn, !hasLineFeed else { return text }
        let bytes = unsafe text?.bytes ?? Array(piece)
        text = Text(
            bytes: bytes.map { $0 == carriageReturn ? lineFeed : $0 }, endsWithReturns: true)
        hasSeenReturn = true
        return text
    }

    /// Splits a piece, and calls a function for each line that ends in it.
    @inline(__always)
    @safe mutating func split(
        _ piece: UnsafeRawBufferPointer, endsWithReturns: Bool = false,
        _ body: (LineSplitter.Piece) -> Void
    ) {
        guard let last = piece.byte(at: piece.count - 1) else { return }
        if ending == .silence || ending == .silenceForNow { recordTypedEnding(piece) }
        if !marks.isEmpty, piece.offset(of: lineFeed) != nil { forgetMarks() }
        splitter.split(piece, body)
        if last == lineFeed, !endsWithReturns {
            recordLineFeedEnd()
        } else {
            recordUnendedPiece(piece, endsWithReturns: endsWithReturns)
        }
        if !hasPending { isTyped = true }
    }

    /// Records an ending that follows nothing, or only keys: its sender types.
    @safe private mutating func recordTypedEnding(_ piece: UnsafeRawBufferPointer) {
        guard let first = piece.byte(at: 0) else { return }
        let isEnding = first == lineFeed || first == carriageReturn
        if isEnding && !hasPending || isTyped && hasTypedEnding(piece) {
            keysRule = .waitForEnding
        }
    }

    /// Returns whether a piece is an ending with at most one key beside it: keys may arrive
    /// together on a slow line.
    @safe private func hasTypedEnding(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= Self.bytesOfKey + 2,
            piece.offset(of: lineFeed) != nil || piece.offset(of: carriageReturn) != nil
        else { return false }
        let visible = Self.visible(in: piece)
        return visible.isEmpty || Self.isKey(visible)
    }

    /// Records that a piece ended in LF.
    private mutating func recordLineFeedEnd() {
        hasSeenLineFeed = true
        mayBePasted = false
        if ending != .silence { ending = .lineFeed }
    }

    @safe private mutating func recordUnendedPiece(
        _ piece: UnsafeRawBufferPointer, endsWithReturns: Bool
    ) {
        if piece.offset(of: lineFeed) != nil, hasTypedEnding(piece) {
            // The key after the ending is the first of a line.
            isTyped = true
            if !endsWithReturns { recordLineFeedEnd() }
            recordKeys(Self.visible(in: piece))
        } else if !endsWithReturns, piece.offset(of: lineFeed) != nil {
            hasSeenLineFeed = true
            mayBePasted = true
            isTyped = false
            if ending == .unknown { ending = .lineFeed }
        } else {
            recordKeys(Self.visible(in: piece))
        }
    }

    /// Records the text of a piece, or its beginning, without LF, CR and NUL.
    private mutating func recordKeys(_ visible: [UInt8]) {
        if visible.isEmpty { return }
        if Self.isKey(visible) {
            if keys < Self.keysOfTerminal { keys += 1 }
        } else {
            isTyped = false
            if !isTerminal { keys = 0 }
        }
    }

    /// Returns whether a text is what one key sends: one character, or an escape sequence.
    private static func isKey(_ visible: [UInt8]) -> Bool {
        guard let first = visible.first, visible.count <= bytesOfKey else { return false }
        let isRest = visible.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
        return visible.count == 1 || first == 0x1B || first >= 0xC0 && isRest
    }

    @safe private static func visible(in piece: UnsafeRawBufferPointer) -> [UInt8] {
        unsafe piece.prefix(2 * bytesOfKey).filter { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
    }

    // MARK: - Silence

    /// Marks a silence that ends nothing yet, in front of the last bytes, whose number the function
    /// returns.
    @safe mutating func markSilence(leaving: (UnsafeRawBufferPointer) -> Int) {
        let count = splitter.withPending { unsafe $0.count - leaving($0) }
        if count > marks.last ?? 0 { marks.append(count) }
        isMarkedFirmly = !marks.isEmpty && silence == .ends
    }

    /// True if a silence ends the pending text, provided that it is not another protocol's.
    var isHeldForSilence: Bool { isMarkedFirmly && silence == .ends }

    /// Ends the pending text by silence, except for the last bytes, whose number the function
    /// returns.
    @safe mutating func endBySilence(
        leaving: (UnsafeRawBufferPointer) -> Int, _ body: (LineSplitter.Piece) -> Void
    ) {
        let isCutOff = splitter.withPending { unsafe $0.count > 0 && leaving($0) == $0.count }
        if isCutOff, marks.isEmpty { return }
        endAtMarks(body)
        splitter.flush(leaving: leaving, body)
        // Half a character was not typed by a key.
        isTyped = !splitter.hasPending
    }

    /// Ends a line at each mark.
    mutating func endAtMarks(_ body: (LineSplitter.Piece) -> Void) {
        recordSilence()
        flushMarks(body)
        if !splitter.hasPending { isTyped = true }
    }

    /// Forgets the marks: the pending text is one line, whatever silences it had.
    mutating func forgetMarks() {
        marks = []
        isMarkedFirmly = false
    }

    /// Records that silence ends a line.
    private mutating func recordSilence() {
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

    /// Ends the pending text, as at the end of the stream.
    mutating func end(_ body: (LineSplitter.Piece) -> Void) {
        if silence == .ends { flushMarks(body) }
        splitter.flush(body)
    }

    private var lineFeed: UInt8 { 0x0A }
    private var carriageReturn: UInt8 { 0x0D }
}
