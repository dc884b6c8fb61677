import Chat
import Glibc
import MessageBus
import Sockets

/// The reader of the lines of one read: gathers texts in the server's batch and publishes them
/// together, and executes everything else in its place between them.
///
/// Owned by `ChatInput`, for one read; confined to the bus's loop.
@safe struct LineReader {
    private let connection: ChatConnection
    private let server: ChatServer
    private let batch: Batch
    private let arena: MessageArena
    /// The start of the bytes that were read, which lie in the batch's storage; `nil` for other
    /// bytes.
    // Safe to name: only `place(of:)` and the arena look at it.
    @safe private let base: UnsafeRawPointer?
    /// The sender of lines that are taken as they are, whom the arena knows; `nil` where there is
    /// none, and from a flush, which empties the arena, to the next message.
    private var speaker: Speaker?

    /// - Parameter base: the start of the bytes that the lines lie in, if it is that of the batch's
    ///   storage.
    @unsafe init(_ connection: ChatConnection, base: UnsafeRawPointer?) {
        self.connection = connection
        server = connection.server
        batch = server.batch
        arena = batch.arena
        self.base = unsafe base
        if unsafe base != nil, !connection.isRelay, server.port.direction != .out,
            let sender = connection.participant?.sender
        {
            speaker = unsafe Speaker(sender, on: connection.connectionID, in: arena)
        }
    }

    /// Executes a line, or refuses one that is too long.
    @inline(__always)
    mutating func accept(_ piece: LineSplitter.Piece, _ bus: isolated Bus) {
        switch piece {
        case .line(let line, let isPlain):
            // Nearly every line: one's own name as it is, and plain ASCII where it was read.
            guard isPlain, let base, let speaker,
                unsafe arena.append(spoken: line, readAt: base, by: speaker)
            else { return acceptUncommon(line, bus) }
        case .tooLong(let beginning):
            flush(bus)
            if connection.participant == nil, let other = OtherProtocol(tooLong: beginning) {
                return connection.refuseProtocol(other, bus)
            }
            connection.greet()
            server.scheduler.recordLine(bytes: server.options.maxLine.bytes)
            connection.answer(.tooLong, server.phrases.tooLong(max: server.options.maxLine.bytes))
        }
    }

    @safe private mutating func acceptUncommon(_ raw: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        connection.hasSentLine = true
        server.scheduler.recordLine(bytes: raw.count)
        if connection.participant == nil {
            if connection.input.isOther(line: raw, bus) { return }
            if connection.input.hasReceivedText { connection.greet() }
        }
        let raw = unsafe TextEncoding.withoutByteOrderMark(raw)
        guard TextEncoding(raw) == .valid else {
            flush(bus)
            return connection.answer(.badText, server.phrases.badText)
        }
        if TextCleaning.isClean(raw) { return execute(raw, bus) }
        unsafe withUnsafeTemporaryAllocation(byteCount: raw.count, alignment: 1) { buffer in
            let count = TextCleaning.clean(raw, into: buffer)
            execute(UnsafeRawBufferPointer(buffer).part(..<count), bus)
        }
    }

    @safe private mutating func execute(_ line: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let participant = connection.participant
        if let participant, connection.isRelay { return relay(line, of: participant.name, bus) }
        switch server.grammar.meaning(
            of: line, from: participant?.name, isGuest: participant?.isGuest ?? false)
        {
        case .content(let content): execute(content, in: line, bus)
        case .enter(let name, let content):
            flush(bus)
            if executeWithoutEntering(content, of: name, in: line, bus) { return }
            if connection.spendCommand(), connection.enterOrRename(as: name, bus) {
                execute(content, in: line, bus)
            }
        case .leave:
            flush(bus)
            connection.leave(bus)
        case .refused(let problem):
            guard connection.spendCommand() else { return }
            if connection.mustLogIn { return connection.refuseBeforeLogin() }
            connection.answer(.badName, server.phrases.badName(problem))
        case .nameless(let text):
            if connection.mustLogIn { return connection.refuseBeforeLogin() }
            // Checked before a name is given for the text; without one the text is refused in any
            // case.
            if server.options.nameless != .ask,
                PasswordLine.isHidden(in: line, behindName: true)
            {
                return refusePassword()
            }
            if connection.acceptNameless(text, line, bus) {
                execute(server.grammar.content(in: line, from: 0), in: line, bus)
            }
        }
    }

    /// Executes a command behind a name that must not be taken first: a login or, where a login is
    /// required, anything that works before it.
    ///
    /// Returns false for anything else.
    ///
    /// If a login is required, everything else is refused here, too.
    @safe private func executeWithoutEntering(
        _ content: ClientLine.Content, of name: Name, in line: UnsafeRawBufferPointer,
        _ bus: isolated Bus
    ) -> Bool {
        var command: ChatCommand?
        if case .command(let verb, let arguments) = content {
            let verb = line.part(verb).text
            command = ChatCommand(verb: verb)
            if command == .login || connection.mustLogIn && command?.worksBeforeLogin == true {
                execute(
                    verb: verb, line.part(arguments), of: name, bus)
                return true
            }
        }
        guard connection.mustLogIn else {
            guard case .say(let range) = content, hidesPassword(in: range, of: line) else {
                return false
            }
            refusePassword()
            return true
        }
        if connection.spendCommand() { connection.refuseBeforeLogin() }
        return true
    }

    @safe private mutating func execute(
        _ content: ClientLine.Content, in line: UnsafeRawBufferPointer, _ bus: isolated Bus
    ) {
        switch content {
        case .nothing: break
        case .line(let range): execute(line.part(range), bus)
        case .say(let range):
            if hidesPassword(in: range, of: line) {
                flush(bus)
                return refusePassword()
            }
            say(line.part(range), bus)
        case .command(let verb, let arguments):
            flush(bus)
            execute(
                verb: line.part(verb).text,
                line.part(arguments), bus)
        }
    }

    /// Returns true if a text is a command with a password that is not written as one.
    ///
    /// Behind somebody else's name it counts only if the client's own name does not stand in front.
    @safe private func hidesPassword(in range: Range<Int>, of line: UnsafeRawBufferPointer) -> Bool
    {
        PasswordLine.isHidden(
            in: line.part(range), behindName: range.lowerBound == 0)
    }

    private func refusePassword() {
        guard connection.spendCommand() else { return }
        connection.answer(.badArguments, server.phrases.hiddenPassword)
    }

    @safe private func execute(
        verb: String, _ arguments: UnsafeRawBufferPointer, of name: Name? = nil,
        _ bus: isolated Bus
    ) {
        connection.execute(verb: verb, arguments, of: name, bus)
        server.scheduler.checkClock()
        // A password must not stay in the memory that it was read into until that is overwritten.
        guard place(of: arguments) != nil, ChatCommand(verb: verb)?.carriesPassword == true,
            let start = arguments.baseAddress
        else { return }
        unsafe explicit_bzero(UnsafeMutableRawPointer(mutating: start), arguments.count)
    }

    /// Executes a line of an account that speaks for others; only its text counts.
    @safe private mutating func relay(
        _ line: UnsafeRawBufferPointer, of own: Name, _ bus: isolated Bus
    ) {
        let phrases = server.phrases
        switch RelayedLine(line, of: own, server.grammar, phrases) {
        case .nothing: break
        case .say(let name, let range):
            let text = line.part(range)
            say(text, as: name.key == own.key ? nil : connection.relayed(name), bus)
        case .line(let range):
            relay(line.part(range), of: own, bus)
        case .command(let verb, let arguments):
            flush(bus)
            let verb = line.part(verb).text
            guard [.login, .quit].contains(ChatCommand(verb: verb)) else {
                return connection.answer(.forbidden, phrases.noCommandsForRelays)
            }
            execute(verb: verb, line.part(arguments), bus)
        case .leave:
            flush(bus)
            connection.leave(bus)
        case .nameless:
            flush(bus)
            connection.answer(.needName, phrases.needName)
        case .refused(let problem):
            flush(bus)
            connection.answer(.badName, phrases.badName(problem))
        }
    }

    /// Says a text.
    ///
    /// - Parameter other: the sender, if it is not the connection's own.
    @safe private mutating func say(
        _ text: UnsafeRawBufferPointer, as other: Sender? = nil, _ bus: isolated Bus
    ) {
        guard let participant = connection.participant else {
            return connection.answer(.needName, server.phrases.needName)
        }
        let sender = other ?? participant.sender
        if server.port.direction == .out {
            return connection.answer(.forbidden, server.phrases.forbidden)
        }
        if arena.isFull { flush(bus) }
        var header = MessageHeader()
        header.connectionID = connection.connectionID
        if connection.isRelay { header.flags.insert(.automatic) }
        if let place = place(of: text) {
            header.place(at: place, count: text.count)
            arena.append(placed: header, sender: sender, details: nil)
        } else {
            arena.append(header, copying: text, sender: sender, details: nil)
        }
        if other == nil, let last = arena.last { speaker = unsafe Speaker(of: last, in: arena) }
    }

    /// Publishes the gathered texts, and answers those that were dropped.
    mutating func flush(_ bus: isolated Bus) {
        speaker = nil
        guard arena.count > 0 else { return }
        let room = connection.roomReaders.room
        arena.room = room.name
        let start = server.scheduler.now
        bus.publish(batch, in: room, by: server.port.attachment)
        server.scheduler.recordPublication(since: start)
        if !batch.drops.isEmpty { connection.answer(batch.drops) }
        batch.removeMessages()
    }

    /// Returns the place of bytes in the batch's storage; `nil` if the bytes lie elsewhere.
    @safe private func place(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base, let start = bytes.baseAddress, unsafe start >= base,
            unsafe start < base + ChatServer.readSize
        else { return nil }
        return unsafe start - base
    }
}
