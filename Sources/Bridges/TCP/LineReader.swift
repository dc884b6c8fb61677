import Glibc
import Glibc
import MessageBus
import Sockets

/// Takes the lines of one read of a connection: what is said is gathered in the server's batch and
/// published together, everything else happens in its place between. Confined to the bus's loop.
struct LineReader {
    let connection: ChatConnection
    /// Where the bytes of the read begin: they lie in the batch's storage already.
    let base: UnsafeMutableRawPointer?

    init(connection: ChatConnection, base: UnsafeRawPointer?) {
        self.connection = connection
        self.base = base.map { UnsafeMutableRawPointer(mutating: $0) }
    }

    private var server: ChatServer { connection.server }
    private var batch: Batch { server.batch }

    /// Takes what the splitter found.
    @inline(__always)
    func take(_ piece: LineSplitter.Piece, _ bus: isolated Bus) {
        switch piece {
        case .line(let line):
            // Nearly every line: one's own name as it is, and plain ASCII.
            if let sender = connection.member?.sender, line.count > sender.prefix.count,
                line[sender.prefix.count] > 0x2F, line.starts(with: sender),
                TextScan.isPrintableASCII(line)
            {
                say(UnsafeRawBufferPointer(rebasing: line[sender.prefix.count...]), bus)
            } else {
                takeSlowly(line, bus)
            }
        case .tooLong:
            flush(bus)
            connection.answer(.tooLong, server.words.tooLong(max: server.options.maxLine.bytes))
        }
    }

    private func takeSlowly(_ raw: UnsafeRawBufferPointer, _ bus: isolated Bus) {
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

    private func obey(_ line: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        switch server.grammar.meaning(of: line, from: connection.member?.name) {
        case .utterance(let utterance): obey(utterance, in: line, bus)
        case .enter(let name, let utterance):
            flush(bus)
            if connection.enter(as: name, bus) { obey(utterance, in: line, bus) }
        case .leave:
            flush(bus)
            connection.leave(bus)
        case .refused(.badName(let problem)):
            connection.answer(.badName, server.words.badName(problem))
        case .refused(.needName): connection.answer(.needName, server.words.needName)
        }
    }

    private func obey(
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
        }
    }

    @inline(__always)
    private func say(_ text: UnsafeRawBufferPointer, _ bus: isolated Bus) {
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
            record.place(at: start - UnsafeRawPointer(base), count: text.count)
            batch.append(record, sender: member.sender, details: nil)
        } else {
            batch.append(record, text: text, sender: member.sender, details: nil)
        }
    }

    /// Publishes what was gathered and tells the client what was dropped.
    func flush(_ bus: isolated Bus) {
        guard batch.count > 0 else { return }
        let room = connection.hall.room
        batch.room = room.name
        batch.uptime = server.loop.now
        bus.publish(batch, in: room, by: server.port.intake)
        for (_, drop) in batch.drops { connection.answer(code: drop.code, drop.reason) }
        batch.removeMessages()
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes begin with the sender's name and `: `.
    @inline(__always)
    fileprivate func starts(with sender: Sender) -> Bool {
        guard let start = baseAddress, let prefix = sender.prefix.baseAddress else { return false }
        return memcmp(start, prefix, sender.prefix.count) == 0
    }
}
