import Chat
import MessageBus
import Sockets

/// The incoming half of a connection: splits bytes into lines, ends half lines by silence, and
/// keeps lines while the connection waits for an answer.
///
/// Confined to the bus's loop.
final class ChatInput {
    /// The verdict on the first bytes.
    private enum Opening {
        case nothing
        /// The first byte may begin another protocol.
        case byte(UInt8)
        case isText
    }

    private unowned let connection: ChatConnection
    private let server: ChatServer
    private var framing: ClientFraming
    private var opening = Opening.nothing
    /// The lines that can't be executed yet.
    private var deferred = DeferredLines()
    /// The timer that ends lines of a client without line endings.
    private var silence: LoopTimer?
    /// True while a long silence is awaited: a short one did not end the pending text, which may be
    /// another protocol's first line.
    private var isLongSilence = false
    /// True once a line has come that was not blank.
    private(set) var hasReceivedText = false

    /// The number of silences that end half a request, or text that may be typed: two seconds with
    /// the default `flushAfter`, longer than a pause between packets or keys.
    private static let longSilenceFactor = 10

    init(of connection: ChatConnection) {
        self.connection = connection
        server = connection.server
        framing = ClientFraming(longest: server.options.maxLine.bytes)
    }

    /// Changes the length of the longest line.
    func setLongest(_ bytes: Int) { framing.setLongest(bytes) }

    /// Splits the bytes of a read into lines, and executes them.
    @safe func receive(_ bytes: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        server.loop.assertOwned()
        if case .isText = opening {} else if isOther(bytes, bus) { return }
        isLongSilence = false
        if let text = framing.text(of: bytes) {
            unsafe text.bytes.withUnsafeBytes {
                if endsLinesBefore($0) { endHeldLines(bus) }
                unsafe split($0, endsWithReturns: text.endsWithReturns, base: nil, bus)
            }
        } else if endsLinesBefore(bytes) {
            // The bytes lie in the batch, which the lines in front of them need.
            unsafe Array(bytes).withUnsafeBytes {
                endHeldLines(bus)
                unsafe split($0, endsWithReturns: false, base: nil, bus)
            }
        } else {
            unsafe split(bytes, endsWithReturns: false, base: bytes.baseAddress, bus)
        }
        scheduleRest()
    }

    private func split(
        _ bytes: UnsafeRawBufferPointer, endsWithReturns: Bool, base: UnsafeRawPointer?,
        _ bus: isolated Bus
    ) {
        let (connection, scheduler) = (connection, server.scheduler)
        var reader = unsafe LineReader(connection, base: base)
        framing.split(bytes, endsWithReturns: endsWithReturns) { piece in
            if connection.acceptsNextLine, !scheduler.isSliceOver {
                reader.accept(piece, bus)
            } else {
                deferLine(piece)
            }
        }
        reader.flush(bus)
    }

    /// Ends half a line, because nothing more comes, or nothing that must be waited for.
    func endHalfLine(_ bus: isolated Bus) {
        if isOtherWhole { framing.forgetMarks() }
        endHalfLine(bus) { framing.end($0) }
    }

    private func endHalfLine(
        _ bus: isolated Bus, by end: ((LineSplitter.Piece) -> Void) -> Void
    ) {
        let (connection, scheduler) = (connection, server.scheduler)
        server.batch.removeAll()
        var reader = unsafe LineReader(connection, base: nil)
        end { piece in
            if connection.acceptsNextLine, !scheduler.isSliceOver {
                reader.accept(piece, bus)
            } else {
                deferLine(piece)
            }
        }
        reader.flush(bus)
        if connection.acceptsNextLine, hasDeferred { scheduler.enqueue(connection) }
    }

    /// Discards the pending text and the deferred lines.
    func discard() {
        deferred = DeferredLines()
        silence?.cancel()
    }

    // MARK: - Other protocols

    /// Checks the first bytes, and closes a connection that means another protocol.
    @safe private func isOther(_ bytes: UnsafeRawBufferPointer, _ bus: isolated Bus) -> Bool {
        guard var first = bytes.byte(at: 0) else { return false }
        if case .nothing = opening, OtherProtocol.isProxyHeader(bytes) {
            connection.refuseProtocol(.proxy, bus)
            return true
        }
        var second = bytes.byte(at: 1)
        if case .byte(let byte) = opening { (first, second) = (byte, first) }
        switch OtherProtocol.beginning(first, second) {
        case .text: opening = .isText
        case .undecided: opening = .byte(first)
        case .other(let other):
            connection.refuseProtocol(other, bus)
            return true
        }
        return false
    }

    /// True if the pending text is another protocol's first line, or may be the beginning of one.
    var mayBeOther: Bool {
        if connection.participant != nil { return false }
        if case .byte = opening { return true }
        return isOtherWhole || framing.withPending { OtherProtocol.mayBecomeRequest($0) }
    }

    /// True if the pending text is another protocol's line, complete but for its ending.
    private var isOtherWhole: Bool {
        connection.participant == nil && framing.withPending { isOther(whole: $0) }
    }

    @safe private func isOther(whole line: UnsafeRawBufferPointer) -> Bool {
        OtherProtocol(
            line: line, isFirst: !hasReceivedText, isInterrupted: framing.isHeldForSilence) != nil
    }

    /// Returns whether an earlier silence ends the pending text, given that these bytes don't make
    /// it another protocol's.
    @safe private func endsLinesBefore(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard framing.isHeldForSilence else { return false }
        if connection.participant != nil { return true }
        let rest = bytes.part(..<(bytes.offset(of: 0x0A) ?? bytes.count))
        let isHalf = rest.count == bytes.count
        return framing.withPending { pending in
            unsafe (Array(pending) + rest).withUnsafeBytes {
                !isOther(whole: $0) && !(isHalf && OtherProtocol.mayBecomeRequest($0))
            }
        }
    }

    private func endHeldLines(_ bus: isolated Bus) {
        endHalfLine(bus) { framing.endAtMarks($0) }
    }

    /// Checks a line of a connection without a name, and closes one that means another protocol.
    @safe func isOther(line: UnsafeRawBufferPointer, _ bus: isolated Bus) -> Bool {
        if let other = OtherProtocol(line: line, isFirst: !hasReceivedText) {
            connection.refuseProtocol(other, bus)
            return true
        }
        if !hasReceivedText { hasReceivedText = unsafe line.contains { $0 > 0x20 } }
        return false
    }

    // MARK: - Deferred lines

    /// True if lines are deferred.
    var hasDeferred: Bool { !deferred.isEmpty }

    /// Keeps a line that can't be executed yet; a connection that has left keeps none.
    private func deferLine(_ piece: LineSplitter.Piece) {
        if connection.isOpen { deferred.append(piece) }
    }

    /// Schedules deferred lines that wait only for the loop's time, or else watches for silence.
    ///
    /// Lines that wait for something else go on when that has come.
    private func scheduleRest() {
        if connection.acceptsNextLine, hasDeferred {
            server.scheduler.enqueue(connection)
        } else {
            watchSilence()
        }
    }

    /// Executes deferred lines, until a query, the end of the slice, or too many unread answers.
    func readDeferred(_ bus: isolated Bus) {
        let (connection, scheduler) = (connection, server.scheduler)
        var rest = deferred
        deferred = DeferredLines()
        server.batch.removeAll()
        var reader = unsafe LineReader(connection, base: nil)
        while connection.acceptsNextLine, !scheduler.isSliceOver,
            rest.consumeNext({ reader.accept($0, bus) })
        {}
        reader.flush(bus)
        if connection.isOpen { deferred = rest }
        scheduleRest()
    }

    // MARK: - Clients without line endings

    /// True if silence ends the pending text.
    ///
    /// Over TLS it never does: programs that have TLS have line endings, and half a password must
    /// not be said.
    var endsBySilence: Bool { !connection.isEncrypted && framing.silence != .endsNothing }

    /// Sets the timer if silence means something for the pending text.
    private func watchSilence() {
        guard connection.acceptsNextLine, !hasDeferred, framing.heedsSilence,
            !connection.isEncrypted
        else {
            silence?.cancel()
            return
        }
        setSilenceTimer(server.flushAfter)
    }

    private func setSilenceTimer(_ time: Duration) {
        let silence = silence ?? makeTimer()
        self.silence = silence
        server.loop.set(silence, after: time)
    }

    private func makeTimer() -> LoopTimer {
        LoopTimer { [unowned connection] in
            connection.bus.assumeIsolated { connection.input.endLineBySilence($0) }
        }
    }

    private func endLineBySilence(_ bus: isolated Bus) {
        guard connection.acceptsNextLine, !hasDeferred, framing.heedsSilence,
            !connection.isEncrypted
        else { return }
        // Bytes that wait in the kernel are no silence: the loop was busy, or the store is.
        if connection.hasUnread { return setSilenceTimer(server.flushAfter) }
        let isOtherWhole = isOtherWhole
        if !isOtherWhole, framing.withPending(PasswordLine.mayBegin) { return awaitPassword(bus) }
        if !isLongSilence, framing.silence != .ends || mayBeOther && !isOtherWhole {
            framing.markSilence(leaving: Self.cutOff)
            if framing.silence == .endsNothing { return }
            return awaitLongSilence()
        }
        if isOtherWhole { framing.forgetMarks() }
        server.scheduler.beginSlice()
        endHalfLine(bus) { framing.endBySilence(leaving: Self.cutOff, $0) }
    }

    /// Waits for the rest of a line with a password: half of one must never be said.
    ///
    /// No mark is left, which would end a line in the middle of it.
    private func awaitPassword(_ bus: isolated Bus) {
        if framing.silence == .endsNothing { return }
        if !isLongSilence { return awaitLongSilence() }
        server.scheduler.beginSlice()
        endHalfLine(bus) { framing.endBySilence(leaving: Self.cutOff, $0) }
    }

    private func awaitLongSilence() {
        isLongSilence = true
        setSilenceTimer(server.flushAfter * (Self.longSilenceFactor - 1))
    }

    /// Returns the bytes at the end of a text if they are part of a character whose rest has not
    /// come: the text waits for it.
    @safe private static func cutOff(_ text: UnsafeRawBufferPointer) -> Int {
        if case .cutOff = TextEncoding(text) { text.count } else { 0 }
    }
}
