import MessageBus

/// A message as instances send it to each other.
struct FleetRecord: Sendable, Equatable {
    /// The kind of record.
    enum Kind: UInt8, Sendable {
        case message = 0
        /// A correction of the message that `subject` names.
        case edit = 1
        /// The deletion of the message that `subject` names.
        case deletion = 2
    }

    /// The message that another one quotes.
    struct Quoted: Sendable, Equatable {
        var message: FleetReference
        var name: String
        var excerpt: String
    }

    private struct Flags {
        static let quoted: UInt8 = 1
        static let subject: UInt8 = 2
        static let automatic: UInt8 = 4
        static let continuation: UInt8 = 8
        static let attachment: UInt8 = 16
    }

    var kind = Kind.message
    /// The message's number on the instance where it was said.
    var number: UInt64
    /// The time at which it was said.
    var time = Timestamp.epoch
    /// The name of the author, without the bridge.
    var name = ""
    /// The bridge of that instance that brought the message in; empty for people of the instance
    /// itself.
    var bridge = ""
    var text = ""
    var quoted: Quoted?
    /// The message that is corrected or deleted.
    var subject: FleetReference?
    var isAutomatic = false
    var isContinuation = false
    /// A number that identifies the attached file; 0 if there is none.
    var attachment: UInt64 = 0

    /// Makes a record.
    init(number: UInt64) { self.number = number }

    // MARK: - Writing

    /// Appends the record, with its length in front.
    ///
    /// - Parameter scratch: holds the record until its length is known; its contents are replaced.
    func write(to writer: inout ByteWriter, _ scratch: inout ByteWriter) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0), to: &writer, &scratch) }
    }

    /// Appends the record with a text that is not in a `String`.
    @safe func write(
        _ text: UnsafeRawBufferPointer, to writer: inout ByteWriter, _ scratch: inout ByteWriter
    ) {
        scratch.removeAll()
        scratch.append(kind.rawValue)
        var flags: UInt8 = 0
        if quoted != nil { flags |= Flags.quoted }
        if subject != nil { flags |= Flags.subject }
        if isAutomatic { flags |= Flags.automatic }
        if isContinuation { flags |= Flags.continuation }
        if attachment != 0 { flags |= Flags.attachment }
        scratch.append(flags)
        scratch.append(number)
        scratch.append(UInt64(max(0, time.milliseconds)))
        scratch.append(name)
        scratch.append(bridge)
        scratch.append(text)
        if let quoted {
            scratch.append(quoted.message.store)
            scratch.append(quoted.message.number)
            scratch.append(quoted.name)
            scratch.append(quoted.excerpt)
        }
        if let subject {
            scratch.append(subject.store)
            scratch.append(subject.number)
        }
        if attachment != 0 { scratch.append(attachment) }
        writer.append(UInt64(scratch.bytes.count))
        writer.append(raw: scratch.bytes)
    }

    // MARK: - Reading

    /// Reads a record; `nil` if it is not one, of a kind that a later version may know, or with a
    /// number that is too high for a message.
    @safe init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard let kind = reader.byte().flatMap({ Kind(rawValue: $0) }), let flags = reader.byte(),
            let number = reader.ordinal(), let time = reader.number(), let name = reader.text(),
            let bridge = reader.text(), let text = reader.text()
        else { return nil }
        self.init(number: number)
        self.kind = kind
        self.time = Timestamp(milliseconds: Int64(clamping: min(time, Self.latest)))
        (self.name, self.bridge, self.text) = (name, bridge, text)
        if flags & Flags.quoted != 0 {
            guard let message = Self.reference(&reader), let name = reader.text(),
                let excerpt = reader.text()
            else { return nil }
            quoted = Quoted(message: message, name: name, excerpt: excerpt)
        }
        if flags & Flags.subject != 0 {
            guard let subject = Self.reference(&reader) else { return nil }
            self.subject = subject
        }
        isAutomatic = flags & Flags.automatic != 0
        isContinuation = flags & Flags.continuation != 0
        if flags & Flags.attachment != 0 { attachment = reader.number() ?? 0 }
    }

    /// The last moment of the year 9999.
    private static let latest: UInt64 = 253_402_300_799_999

    private static func reference(_ reader: inout ByteReader) -> FleetReference? {
        guard let store = reader.text(), let number = reader.ordinal() else { return nil }
        return FleetReference(store: store, number: number)
    }
}
