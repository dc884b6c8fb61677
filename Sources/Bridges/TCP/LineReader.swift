import Glibc
import Glibc
import MessageBus
import Sockets

/// Takes the lines of one read of a connection: what is said is gathered in the server's batch and
/// published together, everything else happens in its place between.
///
/// Confined to the bus's loop.
struct LineReader {
    private let connection: ChatConnection
    private let server: ChatServer
    private let batch: Batch
    /// Where the bytes of the read begin: they lie in the batch's storage already.
    private let base: UnsafeRawPointer?
    /// `NAME: `, while the connection has a name and may speak.
    private var prefix: UnsafeRawBufferPointer?
    /// What the messages of this connection have in common, once one is in the batch.
    private var common: Record?

    init(_ connection: ChatConnection, base: UnsafeRawPointer?) {
        self.connection = connection
        server = connection.server
        batch = server.batch
        self.base = base
        lookAtName()
    }

    private mutating func lookAtName() {
        prefix = server.port.direction == .out ? nil : connection.member?.sender.prefix
    }

    /// Takes what the splitter found.
    @inline(__always)
    mutating func take(_ piece: LineSplitter.Piece, _ bus: isolated Bus) {
        switch piece {
        case .line(let line, let isPlain):
            // Nearly every line: one's own name as it is, and plain ASCII.
            if let base, let prefix, line.count > prefix.count, line[prefix.count] > slash,
                line.starts(with: prefix), isPlain, let common, let start = line.baseAddress,
                !batch.isFull
            {
                // A plain line lies where it was read, so its ending stands behind it.
                batch.append(
                    like: common, at: start - base + prefix.count,
                    count: line.count - prefix.count,
                    isFramed: start.load(fromByteOffset: line.count, as: UInt8.self) == 0x0A)
            } else {
                takeSlowly(line, bus)
            }
        case .tooLong:
            flush(bus)
            connection.answer(.tooLong, server.words.tooLong(max: server.options.maxLine.bytes))
        }
    }

    private mutating func takeSlowly(_ raw: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard TextEncoding(raw) == .valid else {
            flush(bus)
            return connection.answer(.badText, server.words.badText)
        }
        if TextCleaning.isClean(raw) { return obey(raw, bus) }
        withUnsafeTemporaryAllocation(byteCount: raw.count, alignment: 1) { buffer in
            let count = TextCleaning.clean(raw, into: buffer)
            obey(UnsafeRawBufferPointer(rebasing: buffer[..<count]), bus)
        }
    }

    private mutating func obey(_ line: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        switch server.grammar.meaning(of: line, from: connection.member?.name) {
        case .utterance(let utterance): obey(utterance, in: line, bus)
        case .enter(let name, let utterance):
            flush(bus)
            let hasEntered = connection.enter(as: name, bus)
            lookAtName()
            if hasEntered { obey(utterance, in: line, bus) }
        case .leave:
            flush(bus)
            connection.leave(bus)
        case .refused(.badName(let problem)):
            connection.answer(.badName, server.words.badName(problem))
        case .refused(.needName): connection.answer(.needName, server.words.needName)
        }
    }

    private mutating func obey(
        _ utterance: ClientLine.Utterance, in line: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) {
        switch utterance {
        case .nothing: break
        case .say(let range): say(UnsafeRawBufferPointer(rebasing: line[range]), bus)
        case .command(let verb, let arguments):
            flush(bus)
            connection.obey(
                verb: String(decoding: line[verb], as: UTF8.self),
                UnsafeRawBufferPointer(rebasing: line[arguments]), bus)
            lookAtName()
        }
    }

    private mutating func say(_ text: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        guard let member = connection.member else {
            return connection.answer(.needName, server.words.needName)
        }
        if server.port.direction == .out {
            return connection.answer(.forbidden, server.words.forbidden)
        }
        if batch.isFull { flush(bus) }
        var record = Record()
        record.source = connection.source
        if let base, let start = text.baseAddress, start >= base,
            start < base + ChatServer.readSize
        {
            record.place(at: start - base, count: text.count)
            batch.append(record, sender: member.sender, details: nil)
        } else {
            batch.append(record, text: text, sender: member.sender, details: nil)
        }
        common = batch.all.last
    }

    /// Publishes what was gathered and tells the client what was dropped.
    mutating func flush(_ bus: isolated Bus) {
        guard batch.count > 0 else { return }
        let room = connection.hall.room
        batch.room = room.name
        batch.uptime = server.loop.now
        bus.publish(batch, in: room, by: server.port.intake)
        // By line, not by the step that dropped it.
        for (_, drop) in batch.drops.sorted(by: { $0.index < $1.index }) {
            connection.answer(code: drop.code, drop.reason)
        }
        batch.removeMessages()
        common = nil
    }

    private var slash: UInt8 { 0x2F }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes, at least as many, begin with these.
    @inline(__always)
    fileprivate func starts(with prefix: UnsafeRawBufferPointer) -> Bool {
        guard let start = baseAddress, let prefixStart = prefix.baseAddress else { return false }
        return memcmp(start, prefixStart, prefix.count) == 0
    }
}
