// Quoted words come from the log, or have passed the chains.
extension Bus {
    /// Returns the drafts with their quotations replaced by ones that may be read in their rooms.
    func withSettledQuotations(_ drafts: [Draft], by attachment: BridgeAttachment) async throws
        -> [Draft]
    {
        var drafts = drafts
        for index in drafts.indices where drafts[index].reply != nil {
            drafts[index].reply = try await settledQuotation(of: drafts[index], by: attachment)
        }
        for index in drafts.indices where drafts[index].kind == .edit {
            drafts[index].corrected = try await correctedNumber(of: drafts[index], by: attachment)
        }
        return drafts
    }

    /// Returns the number of the message that a draft corrects, by its name in the remote chat;
    /// `nil` if that is not known.
    private func correctedNumber(
        of draft: Draft, by attachment: BridgeAttachment
    ) async throws -> MessageNumber? {
        guard let origin = draft.origin, let remoteID = origin.remoteID else { return nil }
        let channel = DurableReader.Channel(bridge: attachment.name, name: origin.channel)
        return try await store.numbers(of: remoteID, in: channel).first
    }

    /// Returns a draft's quotation as it may be read in the draft's room; `nil` if none may.
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
            // A message that may be read in one room may be unfit for another, where its number is
            // of no use.
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

    /// Returns a draft's text as the chains leave it; `nil` if they drop it.
    package func words(of draft: Draft, by attachment: BridgeAttachment) -> String? {
        var text = draft.text
        let batch = self.batch(
            room: draft.room ?? attachment.room, capacity: 1, bytes: text.utf8.count)
        text.withUTF8 { append(draft, UnsafeRawBufferPointer($0), to: batch, by: attachment) }
        guard batch.drops.isEmpty else { return nil }
        batch.arena.number(from: 0, time: settings.clock.wall())
        return words(of: batch.arena.message(at: 0), in: batch.room, by: attachment)
    }

    /// Returns the text of a message quoted in a room as the chains leave it; `nil` if they drop
    /// it.
    private func words(of quoted: Message, in room: String, by attachment: BridgeAttachment)
        -> String?
    {
        var quoted = quoted
        quoted.room = room
        guard let words = attachment.chain.words(of: quoted) else { return nil }
        quoted.text = words
        return commonChain.words(of: quoted)
    }
}

extension Port {
    /// Returns the text of a draft as the chains leave it, judged as a message of its author; `nil`
    /// if they drop it.
    ///
    /// Publishes, numbers, counts and logs nothing.
    ///
    /// - Parameters:
    ///   - draft: the text, its author and its room.
    ///   - isShownName: true if the author's name is one that readers know, as it stands; false to
    ///     show it as the bridge's `senderFormat` says.
    public func judged(_ draft: Draft, isShownName: Bool = false) async -> String? {
        var draft = draft
        draft.isNamedAsShown = isShownName
        return await bus.words(of: draft, by: attachment)
    }

    /// Returns whether the message with this name in a remote chat was published with `isLinked`
    /// and dropped: then none of it may be quoted.
    ///
    /// The bus remembers it as long as it keeps messages, a day at least.
    public func wasDropped(
        _ remoteID: String, in channel: String? = nil
    ) async throws -> Bool {
        let channel = DurableReader.Channel(bridge: name, name: channel)
        return try await !bus.store.numbers(of: remoteID, in: channel.dropped).isEmpty
    }

    /// Returns a draft's quotation as it may be read in the draft's room; `nil` if none may.
    ///
    /// Publishing does this by itself; it is for bridges that put quoted words into the text.
    public func settledQuotation(of draft: Draft) async throws -> Quotation? {
        try await bus.settledQuotation(of: draft, by: attachment)
    }
}
