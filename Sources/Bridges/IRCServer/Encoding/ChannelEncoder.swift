import Chat
import Glibc
import IRC
import MessageBus
import Sockets

/// The encoder of a room's events as lines of IRC, in one form.
///
/// Confined to the bus's loop.
final class ChannelEncoder: MessageEncoder {
    /// A line that says something about a person and not about the room; a client that shares
    /// several rooms with them is told it once.
    struct PersonLine {
        /// The key of the notice, equal in all rooms.
        let key: String
        let run: Transcript.Run
    }

    private let composer: ClientLineComposer
    private let channel: [UInt8]
    private unowned let people: IRCPeople
    /// The lines about people since they were last taken.
    private(set) var personLines: [PersonLine] = []
    /// The lines of one message; kept for the next.
    private var scratch: [UInt8] = []

    init(_ form: ClientForm, room: String, people: IRCPeople) {
        composer = ClientLineComposer(form: form)
        channel = Array("#\(room)".utf8)
        self.people = people
        scratch.reserveCapacity(1 << 10)
    }

    var form: ClientForm { composer.form }
    var framing: TranscriptFraming { form.framing }

    /// Returns the lines about people since the last call, and forgets them.
    func drainPersonLines() -> [PersonLine] {
        people.assertOwned()
        if personLines.isEmpty { return [] }
        defer { personLines = [] }
        return personLines
    }

    // MARK: - The room's readers

    /// Encodes messages into a transcript, and returns the index of the first one that did not fit.
    func encode(
        _ arena: MessageArena, _ range: Range<Int>, into transcript: Transcript,
        until limit: TranscriptOffset
    ) -> Int {
        people.assertOwned()
        var next = range.lowerBound
        while next < range.upperBound, transcript.head < limit {
            let header = arena[next]
            if !header.flags.contains(.dropped) {
                scratch.removeAll(keepingCapacity: true)
                let message = arena.message(at: next)
                let person = compose(message, isLive: true, into: &scratch)
                write(message, about: person, into: transcript)
            }
            next += 1
        }
        return next
    }

    private func write(_ message: Message, about person: String?, into transcript: Transcript) {
        guard !scratch.isEmpty else { return }
        let (start, first) = (transcript.head, transcript.lines)
        (transcript.firstNumber, transcript.number) = (message.number, message.number)
        let connectionID = message.kind == .message ? message.header.connectionID : 0
        unsafe scratch.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let line = unsafe rest.firstIndex(of: 0x0A) {
                let next = unsafe UnsafeRawBufferPointer(rebasing: rest[(line + 1)...])
                if transcript.lines > first { transcript.recordContinuation() }
                transcript.isInMessage = unsafe !next.isEmpty
                unsafe write(
                    UnsafeRawBufferPointer(rebasing: rest[...line]), into: transcript, connectionID)
                unsafe rest = next
            }
        }
        if let person {
            personLines.append(
                PersonLine(
                    key: person,
                    run: Transcript.Run(
                        connectionID: 0, start: start, end: transcript.head,
                        lines: transcript.lines - first,
                        numbers: message.number...message.number)))
        }
    }

    /// Writes one line, which ends with CR LF.
    private func write(
        _ line: UnsafeRawBufferPointer, into transcript: Transcript, _ connectionID: UInt32
    ) {
        let opcode: WebSocketOpcode? =
            switch form.transport {
            case .lines: nil
            case .textFrames: .text
            case .binaryFrames: .binary
            }
        let size = line.count + WebSocketFrame.maxHeader
        unsafe transcript.write(atMost: size, lines: 1, connectionID: connectionID) { place in
            guard let opcode else {
                unsafe UnsafeMutableRawBufferPointer(start: place, count: size).copyMemory(
                    from: line)
                return line.count
            }
            let payload = unsafe UnsafeRawBufferPointer(rebasing: line.dropLast(2))
            let header = unsafe WebSocketFrame.writeHeader(
                opcode, payload: payload.count, to: place)
            unsafe UnsafeMutableRawBufferPointer(start: place + header, count: payload.count)
                .copyMemory(from: payload)
            return header + payload.count
        }
    }

    // MARK: - Readers that are behind

    /// Appends a message's lines as the room's readers get them.
    func append(_ message: Message, longest: Int, to bytes: inout [UInt8]) {
        var lines: [UInt8] = []
        _ = compose(message, isLive: false, into: &lines)
        form.transport.append(lines, to: &bytes)
    }

    /// Returns the number of lines that a message had before it was deleted: its text keeps their
    /// ends.
    func lineCount(ofDeleted message: Message) -> Int {
        let lines = message.body.count + 1
        return lines > 1 && form.options.contains(.multiline) ? lines + 2 : lines
    }

    // MARK: - Events

    /// Appends the lines of an event, and returns what it tells of a person, if it does.
    private func compose(_ message: Message, isLive: Bool, into bytes: inout [UInt8]) -> String? {
        switch message.kind {
        case .message, .edit:
            if message.header.isDeleted { return nil }
            var context = lineContext(of: message)
            if isLive { context.cuts = people.live.cuts(of: message) }
            composer.appendSaid(message, in: context, to: &bytes)
        case .join: appendJoin(message, to: &bytes)
        case .leave: return appendLeave(message, isLive: isLive, to: &bytes)
        case .rename:
            guard let other = message.other else { return nil }
            let new = people.nick(of: other)
            begin(message, to: &bytes)
            bytes += "NICK \(new)\r\n".utf8
            return isLive ? IRCPeople.renameKey(message.sender, other) : nil
        case .deletion:
            guard form.options.contains(.redaction), let number = message.deletedNumber else {
                return nil
            }
            begin(message, to: &bytes)
            bytes += "REDACT ".utf8
            bytes += channel
            bytes += " \(number)".utf8
            end(people.live.redactionReasons[number], to: &bytes)
        }
        return nil
    }

    private func lineContext(of message: Message) -> ClientLineComposer.LineContext {
        ClientLineComposer.LineContext(
            source: people.source(of: message.sender), target: channel,
            account: form.options.contains(.account)
                ? people.accountName(of: message.sender) : nil)
    }

    private func begin(_ message: Message, to bytes: inout [UInt8]) {
        let context = lineContext(of: message)
        composer.appendTags(of: message, context, batch: nil, isWhole: false, to: &bytes)
        bytes += context.source
    }

    private func end(_ text: String?, to bytes: inout [UInt8]) {
        if let text { bytes += " :\(text)".utf8 }
        bytes += [13, 10]
    }

    private func appendJoin(_ message: Message, to bytes: inout [UInt8]) {
        begin(message, to: &bytes)
        bytes += "JOIN ".utf8
        bytes += channel
        if form.options.contains(.extendedJoin) {
            let account = people.accountName(of: message.sender) ?? "*"
            bytes += " \(account.replacing(" ", with: "_"))".utf8
            end(people.realname(of: message.sender), to: &bytes)
        } else {
            end(nil, to: &bytes)
        }
    }

    private func appendLeave(
        _ message: Message, isLive: Bool, to bytes: inout [UInt8]
    ) -> String? {
        let reason = isLive ? people.live.leaves[message.sender.key] : nil
        if case .kicked(let moderator, let room, let text) = reason, room == message.room {
            bytes += moderator
            bytes += "KICK ".utf8
            bytes += channel
            bytes += " \(people.nick(of: message.sender))".utf8
            end(text, to: &bytes)
            return nil
        }
        begin(message, to: &bytes)
        if isLive, message.destination == nil, people.isGone(message.sender) {
            bytes += "QUIT".utf8
            end(reason?.text ?? "", to: &bytes)
            return IRCPeople.quitKey(message.sender)
        }
        bytes += "PART ".utf8
        bytes += channel
        end(reason?.text ?? message.destination.map { "→ #\($0)" }, to: &bytes)
        return nil
    }
}
