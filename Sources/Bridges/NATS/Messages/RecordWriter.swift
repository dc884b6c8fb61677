import MessageBus

/// A writer of this instance's messages in the form that other instances read.
struct RecordWriter {
    private let port: Port
    private let store: String
    private var (piece, scratch) = (ByteWriter(), ByteWriter())
    /// The last sender, who has usually sent the next message as well.
    private var sender: Sender?
    private var name = (name: "", bridge: "")

    /// Makes a writer.
    init(_ port: Port, store: String) {
        self.port = port
        self.store = store
    }

    /// Returns a message in the form that other instances read; `nil` if it is not for them.
    mutating func record(of message: Message) async throws -> [UInt8]? {
        guard message.sender.bridge != port.name, !message.isPrivate else { return nil }
        var record = FleetRecord(number: message.number.rawValue)
        switch message.kind {
        case .join, .leave, .rename: return nil
        case .message: break
        case .edit:
            record.kind = .edit
            record.subject = message.correctedNumber.map {
                FleetReference(store: store, number: $0.rawValue)
            }
        case .deletion:
            record.kind = .deletion
            guard let number = message.deletedNumber else { return nil }
            record.subject = try await reference(to: number)
        }
        record.time = message.time
        if sender !== message.sender {
            sender = message.sender
            name = FleetNames.parts(of: message.sender.name)
        }
        (record.name, record.bridge) = name
        record.isAutomatic = message.isAutomatic
        record.isContinuation = message.isContinuation
        record.attachment = message.attachment
        if let reply = message.reply {
            let subject =
                reply.number > 0
                ? try await reference(to: reply.number) : FleetReference(store: "", number: 0)
            record.quoted = .init(message: subject, name: reply.name, excerpt: reply.excerpt)
        }
        piece.removeAll()
        unsafe message.body.withBytes { record.write($0, to: &piece, &scratch) }
        return piece.bytes
    }

    /// Returns the reference by which all instances know a message: one from another instance has
    /// its number there.
    private func reference(to number: MessageNumber) async throws -> FleetReference {
        if let message = try await port.message(numbered: number),
            message.sender.bridge == port.name, let origin = message.origin,
            let store = origin.channel, let there = origin.remoteID.flatMap({ UInt64($0) })
        {
            return FleetReference(store: store, number: there)
        }
        return FleetReference(store: store, number: number.rawValue)
    }
}
