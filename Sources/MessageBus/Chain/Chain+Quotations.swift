// Quotations are judged like the messages that quote.
extension Chain {
    /// Returns the text of a quoted message as the middlewares change it; `nil` if they drop it.
    ///
    /// On the bus's loop. Middlewares of its own judge it, so that the chain's count nothing.
    func words(of quoted: Message) -> String? {
        if isEmpty { return quoted.text }
        var quoted = quoted
        quoted.header.flags.insert(.isQuotation)
        return forQuotations().judge([quoted]).first?.text
    }

    /// Judges the quotations in a batch and removes those that the steps drop.
    ///
    /// - Parameter original: returns a quoted message by its number.
    func judgeQuotations(in batch: Batch, original: (MessageNumber) -> Message?) {
        // Most messages quote nothing.
        guard !isEmpty, !batch.arena.details.isEmpty else { return }
        let arena = batch.arena
        for index in 0..<arena.count where !arena[index].flags.contains(.dropped) {
            guard let reply = arena.details(of: arena[index])?.reply else { continue }
            let found = original(reply.number)
            // A deleted message has no text to judge.
            if found?.header.isDeleted == true { continue }
            let quoted =
                found ?? Self.message(quotedBy: arena.message(at: index), reply)
            let judged = words(of: quoted).map {
                Quotation(number: reply.number, name: reply.name, excerpt: $0)
            }
            // A quotation that no step changed stays cut where it was.
            if judged != reply { arena.setQuotation(judged, at: index) }
        }
    }

    /// Returns a message with only those words that the quotation has of it.
    private static func message(quotedBy message: Message, _ reply: Quotation) -> Message {
        let sender = Sender(
            name: reply.name, key: reply.name, bridge: message.sender.bridge, identity: 0)
        var header = MessageHeader()
        header.time = message.header.time
        header.place(at: 0, count: reply.excerpt.utf8.count)
        return Message(
            header: header, sender: sender, body: Body(reply.excerpt), room: message.room,
            details: nil, uptime: message.uptime)
    }
}
