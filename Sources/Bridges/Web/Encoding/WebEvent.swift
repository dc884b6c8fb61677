import MessageBus

/// A message as the web's clients get it: one JSON object.
///
/// Valid only as long as the message or the arena that it was made of.
@safe struct WebEvent {
    private let header: MessageHeader
    private let sender: Sender
    private let room: String
    private let details: MessageDetails?
    private let text: UnsafeRawBufferPointer
    /// Bytes of `text` that are shown: all, unless it was cut.
    private var shown: Int
    /// True if the event of a deleted message says who deleted it; otherwise nothing of the message
    /// is shown.
    private let showsDeleted: Bool

    /// The most bytes that all keys, numbers and punctuation of an event take together.
    private static let frameBytes = 320

    /// Makes the event of a message in an arena.
    @unsafe init(_ index: Int, in arena: MessageArena) {
        header = arena[index]
        sender = arena.sender(of: header)
        room = arena.room
        details = arena.details(of: header)
        unsafe text = arena.text(header)
        shown = unsafe text.count
        showsDeleted = false
    }

    /// Makes the event of a message.
    ///
    /// - Parameter isListed: true in a list of earlier messages, which shows deleted ones as such.
    @unsafe init(_ message: Message, isListed: Bool) {
        header = message.header
        sender = message.sender
        room = message.room
        details = message.details
        unsafe text =
            message.header.isDeleted ? .init(start: nil, count: 0) : message.content.unsafeBytes
        shown = unsafe text.count
        showsDeleted = isListed
    }

    /// The message's number.
    var number: MessageNumber { header.number }
    /// True if readers get it.
    var isShown: Bool { !header.flags.contains(.dropped) && (!header.isDeleted || showsDeleted) }

    /// The value of `type`.
    var type: StaticString {
        if header.flags.contains(.isPrivate) { return "whisper" }
        switch header.kind {
        case .message: return "message"
        case .edit: return "edit"
        case .join: return "join"
        case .leave: return "leave"
        case .rename: return "rename"
        case .deletion: return "delete"
        }
    }

    /// Returns the most bytes that the event can take.
    func size() -> Int { unsafe sizeWithoutText + JSONBytes.count(escaping: text) }

    private var sizeWithoutText: Int {
        var bytes = sender.nameCount + sender.bridge.utf8.count + room.utf8.count
        if let details {
            if let reply = details.reply {
                bytes += reply.name.utf8.count + reply.excerpt.utf8.count
            }
            bytes += details.other?.nameCount ?? 0
            bytes += 2 * (details.deleter?.utf8.count ?? 0)
            bytes += details.speakerID?.utf8.count ?? 0
        }
        return Self.frameBytes + JSONBytes.maxPerByte * bytes
    }

    /// Cuts the text so that the event takes at most a number of bytes.
    mutating func cut(to most: Int) {
        // Three bytes for the ellipsis.
        shown = unsafe JSONBytes.fittingCount(of: text, within: max(0, most - sizeWithoutText - 3))
    }

    /// Writes the event into memory that has at least `size()` bytes left.
    func write(into json: inout JSONBytes) {
        json.write("{\"type\":\"")
        json.write(type)
        json.write("\",\"number\":")
        json.write(header.number)
        if header.flags.contains(.isPrivate) {
            writeWhisper(into: &json)
        } else {
            json.write(",\"room\":")
            json.write(string: room)
            if header.kind == .deletion {
                json.write(",\"of\":")
                json.write(details?.reply?.number ?? 0)
                writeName("from", sender, into: &json)
            } else {
                writeRoomEvent(into: &json)
            }
        }
        json.write(byte: UInt8(ascii: "}"))
    }

    private func writeRoomEvent(into json: inout JSONBytes) {
        writeTime(into: &json)
        writeName("from", sender, into: &json)
        json.write(",\"bridge\":")
        json.write(string: sender.bridge)
        guard header.isSaid else {
            if let other = details?.other { writeName("to", other, into: &json) }
            return
        }
        writeText(into: &json)
        if let reply = details?.reply {
            json.write(",\"reply\":{\"number\":")
            json.write(reply.number)
            json.write(",\"from\":")
            json.write(string: reply.name)
            json.write(",\"text\":")
            json.write(string: reply.excerpt)
            json.write(byte: UInt8(ascii: "}"))
        }
        if header.kind == .edit, let corrected = details?.corrected {
            json.write(",\"of\":")
            json.write(corrected)
        }
        writeID(into: &json)
    }

    private func writeWhisper(into json: inout JSONBytes) {
        writeTime(into: &json)
        writeName("from", sender, into: &json)
        if let other = details?.other { writeName("to", other, into: &json) }
        writeText(into: &json)
        writeID(into: &json)
    }

    private func writeTime(into json: inout JSONBytes) {
        json.write(",\"time\":")
        json.write(min(details?.said ?? .latest, header.time).milliseconds)
    }

    private func writeName(
        _ key: StaticString, _ sender: Sender, into json: inout JSONBytes
    ) {
        json.write(",\"")
        json.write(key)
        json.write("\":")
        unsafe json.write(
            string: UnsafeRawBufferPointer(rebasing: sender.prefix.prefix(sender.nameCount)))
    }

    private func writeText(into json: inout JSONBytes) {
        json.write(",\"text\":\"")
        if header.isDeleted {
            json.write("[deleted by ")
            writeDeleter(into: &json)
            json.write("]\",\"deleted\":\"")
            writeDeleter(into: &json)
        } else {
            unsafe json.write(escaping: UnsafeRawBufferPointer(rebasing: text.prefix(shown)))
            if unsafe shown < text.count { json.write("…") }
        }
        json.write(byte: UInt8(ascii: "\""))
    }

    private func writeDeleter(into json: inout JSONBytes) {
        var deleter = details?.deleter ?? ""
        deleter.withUTF8 { unsafe json.write(escaping: UnsafeRawBufferPointer($0)) }
    }

    private func writeID(into json: inout JSONBytes) {
        guard let id = details?.speakerID else { return }
        json.write(",\"id\":")
        json.write(string: id)
    }
}
