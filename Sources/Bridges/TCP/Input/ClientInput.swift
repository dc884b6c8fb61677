import Chat
import MessageBus
import Sockets

/// What one client sends: bytes that become lines, half a line that waits for its end, and lines
/// that wait while the client is owed an answer from elsewhere.
///
/// Confined to the bus's loop.
final class ClientInput {
    /// What is known of the first bytes.
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
    /// What has come while the connection waits for an answer; empty otherwise.
    private var later = DeferredLines()
    /// Ends the lines of a client that sends no line endings.
    private var silence: LoopTimer?
    /// Whether a silence was found too short to end what waits, which may be another protocol's first
    /// line.
    private var isPatient = false
    /// Whether a line has come that was not empty.
    private(set) var hasBrought = false

    /// How many silences have to pass before half a request, or what may be typed, is taken for a line.
    private static let patience: Int64 = 10

    init(of connection: ChatConnection) {
        self.connection = connection
        server = connection.server
        framing = ClientFraming(longest: server.options.maxLine.bytes)
    }

    /// Takes what was read into the server's batch.
    func take(_ bytes: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        if case .isText = opening {} else if isOther(bytes, bus) { return }
        isPatient = false
        if let text = framing.text(of: bytes) {
            text.bytes.withUnsafeBytes {
                if endsLinesBefore($0) { endHeldLines(bus) }
                split($0, endsWithReturns: text.endsWithReturns, base: nil, bus)
            }
        } else if endsLinesBefore(bytes) {
            // What is read lies in the batch, which the lines in front of it need.
            Array(bytes).withUnsafeBytes {
                endHeldLines(bus)
                split($0, endsWithReturns: false, base: nil, bus)
            }
        } else {
            split(bytes, endsWithReturns: false, base: bytes.baseAddress, bus)
        }
        settle()
    }

    private func split(
        _ bytes: UnsafeRawBufferPointer, endsWithReturns: Bool, base: UnsafeRawPointer?,
        _ bus: isolated Bus
    ) {
        let (connection, turns) = (connection, server.turns)
        var reader = LineReader(connection, base: base)
        framing.split(bytes, endsWithReturns: endsWithReturns) { piece in
            if connection.takesLines, !turns.isOver { reader.take(piece, bus) } else { keep(piece) }
        }
        reader.flush(bus)
    }

    /// Takes half a line as a line: nothing more comes, or nothing that must be waited for.
    func takeHalfLine(_ bus: isolated Bus) {
        if isOtherWhole { framing.forgetMarks() }
        takeHalfLine(bus) { framing.end($0) }
    }

    private func takeHalfLine(
        _ bus: isolated Bus, by end: ((LineSplitter.Piece) -> Void) -> Void
    ) {
        let (connection, turns) = (connection, server.turns)
        server.batch.removeAll()
        var reader = LineReader(connection, base: nil)
        end { piece in
            if connection.takesLines, !turns.isOver { reader.take(piece, bus) } else { keep(piece) }
        }
        reader.flush(bus)
        if connection.takesLines, hasLater { turns.add(connection) }
    }

    /// Forgets what waits, of somebody who is not listened to any more.
    func end() {
        later = DeferredLines()
        silence?.cancel()
    }

    // MARK: - Other protocols

    /// Looks at the first bytes, and sends those away that mean another protocol.
    private func isOther(_ bytes: UnsafeRawBufferPointer, _ bus: isolated Bus) -> Bool {
        guard var first = bytes.first else { return false }
        var second = bytes.count > 1 ? bytes[1] : nil
        if case .byte(let byte) = opening { (first, second) = (byte, first) }
        switch OtherProtocol.beginning(first, second) {
        case .text: opening = .isText
        case .open: opening = .byte(first)
        case .other(let other):
            connection.turnAway(other, bus)
            return true
        }
        return false
    }

    /// Whether what waits is another protocol's first line, or may be the beginning of one.
    var mayBeOther: Bool {
        if connection.member != nil { return false }
        if case .byte = opening { return true }
        return isOtherWhole || framing.withPending { OtherProtocol.mayBegin($0) }
    }

    /// Whether nothing need be added to what waits for it to be another protocol's.
    private var isOtherWhole: Bool {
        connection.member == nil && framing.withPending { isOther(whole: $0) }
    }

    private func isOther(whole line: UnsafeRawBufferPointer) -> Bool {
        OtherProtocol(
            line: line, isFirst: !hasBrought, isInterrupted: framing.isHeldForSilence) != nil
    }

    /// Whether what waits has been ended by a silence, since what comes now does not make it another
    /// protocol's.
    private func endsLinesBefore(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard framing.isHeldForSilence else { return false }
        if connection.member != nil { return true }
        let rest = bytes.prefix { $0 != 0x0A }
        let isHalf = rest.count == bytes.count
        return framing.withPending { pending in
            (Array(pending) + rest).withUnsafeBytes {
                !isOther(whole: $0) && !(isHalf && OtherProtocol.mayBegin($0))
            }
        }
    }

    private func endHeldLines(_ bus: isolated Bus) {
        takeHalfLine(bus) { framing.endAtMarks($0) }
    }

    /// Looks at a line of somebody who has no name, and sends them away if it means another protocol.
    func isOther(line: UnsafeRawBufferPointer, _ bus: isolated Bus) -> Bool {
        if let other = OtherProtocol(line: line, isFirst: !hasBrought) {
            connection.turnAway(other, bus)
            return true
        }
        if !hasBrought { hasBrought = line.contains { $0 > 0x20 } }
        return false
    }

    // MARK: - Lines that wait

    /// Whether lines wait.
    var hasLater: Bool { !later.isEmpty }

    /// Keeps what cannot be taken yet; of who has left, nothing.
    private func keep(_ piece: LineSplitter.Piece) {
        if connection.isOpen { later.append(piece) }
    }

    /// Sees to it that what waits for its turn goes on; what waits for something else is gone on
    /// with when that has come.
    private func settle() {
        if connection.takesLines, hasLater {
            server.turns.add(connection)
        } else {
            watchSilence()
        }
    }

    /// Takes what had to wait, up to the next question, as much as it is its turn, or until too many
    /// answers are not read.
    func takeLater(_ bus: isolated Bus) {
        let (connection, turns) = (connection, server.turns)
        var rest = later
        later = DeferredLines()
        server.batch.removeAll()
        var reader = LineReader(connection, base: nil)
        while connection.takesLines, !turns.isOver, rest.takeNext({ reader.take($0, bus) }) {}
        reader.flush(bus)
        if connection.isOpen { later = rest }
        settle()
    }

    // MARK: - Clients without line endings

    /// Whether what waits is a line if nothing more comes.
    var endsBySilence: Bool { framing.silence != .endsNothing }

    /// Sets the timer of a client to whose lines silence means something, if anything waits for its
    /// end.
    private func watchSilence() {
        guard connection.takesLines, !hasLater, framing.heedsSilence else {
            silence?.cancel()
            return
        }
        wait(server.flushAfter)
    }

    private func wait(_ nanoseconds: Int64) {
        let silence = silence ?? makeTimer()
        self.silence = silence
        server.loop.set(silence, after: nanoseconds)
    }

    private func makeTimer() -> LoopTimer {
        LoopTimer { [unowned connection] in
            connection.bus.assumeIsolated { connection.input.endLineBySilence($0) }
        }
    }

    private func endLineBySilence(_ bus: isolated Bus) {
        guard connection.takesLines, !hasLater, framing.heedsSilence else { return }
        // What has come and is not read yet is no silence: the loop was busy, or the store is.
        if connection.hasUnread { return wait(server.flushAfter) }
        let isOtherWhole = isOtherWhole
        if !isPatient, framing.silence != .ends || mayBeOther && !isOtherWhole {
            framing.markSilence(leaving: Self.cutOff)
            if framing.silence == .endsNothing { return }
            isPatient = true
            return wait(min(server.flushAfter, .max / 20) * (Self.patience - 1))
        }
        if isOtherWhole { framing.forgetMarks() }
        server.turns.beginSlice()
        takeHalfLine(bus) { framing.endBySilence(leaving: Self.cutOff, $0) }
    }

    /// Bytes of a character at the end whose rest has not come: a text that ends within one waits
    /// for it.
    private static func cutOff(_ text: UnsafeRawBufferPointer) -> Int {
        if case .cutOff = TextEncoding(text) { text.count } else { 0 }
    }
}
