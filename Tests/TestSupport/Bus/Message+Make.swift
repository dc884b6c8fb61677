import MessageBus

extension Sender {
    /// Makes somebody: `ana`, who speaks by `chat`.
    package static func make(
        _ name: String = "ana", bridge: String = "chat", identity: UInt64 = 1
    ) -> Sender {
        Sender(name: name, key: name.lowercased(), bridge: bridge, identity: identity)
    }
}

extension Message {
    /// Makes a message: the first that `ana` says in `general`.
    ///
    /// - Parameters:
    ///   - arrival: when it comes in.
    ///   - time: the same by the wall clock.
    ///   - other: whom it is for if it is private; in a rename the new name.
    package static func make(
        _ text: String = "hola", by sender: Sender = .make(), kind: Kind = .message,
        room: String = "general", number: MessageNumber = 1, arrival: Duration = .zero,
        time: Timestamp = .epoch, other: Sender? = nil, isPrivate: Bool = false,
        hadControlCharacters: Bool = false
    ) -> Message {
        var header = MessageHeader()
        header.kind = kind
        header.number = number
        header.time = time
        if isPrivate { header.flags.insert(.isPrivate) }
        if hadControlCharacters { header.flags.insert(.hadControls) }
        if text.utf8.contains(UInt8(ascii: "\n")) { header.flags.insert(.hasLines) }
        let body = Body(text)
        header.count = UInt32(body.count)
        return Message(
            header: header, sender: sender, body: body, room: room,
            details: other.map { MessageDetails(other: $0) },
            uptime: Int64(arrival.attoseconds / 1_000_000_000))
    }
}
