// What a message quotes comes from the log, or has passed the chains.
extension Bus {
    /// Drafts with what they quote as it may be read in their rooms.
    func withSettledQuotations(_ drafts: [Draft], by attachment: BridgeAttachment) async throws
        -> [Draft]
    {
        var drafts = drafts
        for index in drafts.indices where drafts[index].reply != nil {
            drafts[index].reply = try await settledQuotation(of: drafts[index], by: attachment)
        }
        return drafts
    }

    /// What a draft quotes, as it may be read in its room; `nil` if nothing may.
    func settledQuotation(of draft: Draft, by attachment: BridgeAttachment) async throws
        -> Quotation?
    {
        guard let reply = draft.reply else { return nil }
        let room = draft.room ?? attachment.room
        if reply.number > 0, let said = try await message(numbered: reply.number),
            said.header.isSaid
        {
            if said.header.isDeleted { return nil }
            if said.room == room {
                return Quotation(
                    number: reply.number, name: said.sender.name, excerpt: said.text)
            }
            // What may be read in one room need not be fit for another, where its number is of no
            // use.
            return words(of: said, in: room, by: attachment).map {
                Quotation(number: 0, name: said.sender.name, excerpt: $0)
            }
        }
        if draft.hasJudgedReply { return reply }
        var quoted = Draft(reply.excerpt, from: reply.name)
        quoted.room = room
        quoted.isNamedAsShown = true
        return words(of: quoted, by: attachment).map {
            Quotation(number: reply.number, name: reply.name, excerpt: $0)
        }
    }

    /// What the chains leave of words that are said elsewhere; `nil` if they drop them.
    func words(of draft: Draft, by attachment: BridgeAttachment) -> String? {
        var text = draft.text
        let batch = self.batch(
            room: draft.room ?? attachment.room, capacity: 1, bytes: text.utf8.count)
        text.withUTF8 { add(draft, UnsafeRawBufferPointer($0), to: batch, by: attachment) }
        guard batch.drops.isEmpty else { return nil }
        batch.arena.number(from: 0, time: settings.time())
        return words(of: batch.arena.message(at: 0), in: batch.room, by: attachment)
    }

    /// What the chains leave of a message that is quoted in a room; `nil` if they drop it.
    private func words(of quoted: Message, in room: String, by attachment: BridgeAttachment)
        -> String?
    {
        var quoted = quoted
        quoted.room = room
        guard let words = attachment.chain.words(of: quoted) else { return nil }
        quoted.text = words
        return common.words(of: quoted)
    }
}

extension Port {
    /// What the chains leave of words that are said elsewhere, as of a message of whoever said them;
    /// `nil` if they drop them.
    ///
    /// Nothing is said by it, numbered, counted or logged.
    public func judged(_ draft: Draft) async -> String? {
        await bus.words(of: draft, by: attachment)
    }

    /// Whether a message that is called so in a remote chat was published with `isLinked`, and
    /// dropped: then nothing of it may be quoted.
    ///
    /// Known for as long as messages are kept, a day at least.
    public func wasDropped(
        _ remoteID: String, in channel: String? = nil
    ) async throws -> Bool {
        let channel = DurableReader.Channel(bridge: name, name: channel)
        return try await !bus.store.numbers(of: remoteID, in: channel.dropped).isEmpty
    }

    /// What a draft quotes, as it may be read in its room; `nil` if nothing may.
    package func settledQuotation(of draft: Draft) async throws -> Quotation? {
        try await bus.settledQuotation(of: draft, by: attachment)
    }
}
