// Messages that are taken back.
extension Bus {
    /// The result of an attempt to delete a message.
    package enum DeletionResult: Sendable, Hashable {
        /// The text is gone, and readers that have passed it on are told.
        case deleted
        /// There is no message with that number here, or it is deleted already.
        case unknown
        /// It is somebody else's, or too old.
        case forbidden
    }

    /// The time within which people may delete what they have said.
    private static var authorsTime: Duration { .seconds(3_600) }

    /// Deletes a message: from the room's log, and from the store, for good.
    ///
    /// Returns once the store has deleted it. If it throws before `isDeleted(_:)` is true, nothing
    /// was deleted, and a task that was cancelled by then deletes nothing.
    ///
    /// - Parameters:
    ///   - connection: the number of the connection that asks; messages that came by it are the
    ///     asker's own.
    ///   - session: the SHA-256 of the session that asks; messages that it said are the asker's own
    ///     too.
    package func delete(
        _ number: MessageNumber, by sender: Sender, role: Role?, connection: UInt32,
        session: [UInt8]? = nil
    ) async throws -> DeletionResult {
        guard number > 0, let message = try await message(numbered: number),
            message.header.isSaid, !message.isPrivate, !deletedNumbers.contains(number),
            !message.header.isDeleted
        else { return .unknown }
        // Whoever asked has been told by now that the message can't be read.
        try Task.checkCancellation()
        if role?.mayModerate != true, !isOwn(message, sender, connection, session) {
            return .forbidden
        }
        try await erase(message, by: sender).wait()
        return .deleted
    }

    /// Deletes a message that a bridge has brought in, in its author's name.
    func delete(_ number: MessageNumber, by attachment: BridgeAttachment) async throws -> Verdict {
        guard number > 0, let message = try await message(numbered: number),
            message.header.isSaid, !message.isPrivate, !deletedNumbers.contains(number),
            !message.header.isDeleted
        else { return .drop("there is no such message", code: "unknown-message") }
        try Task.checkCancellation()
        guard message.sender.bridge == attachment.name, attachment.direction != .out else {
            return .drop("the message is not this bridge's", code: "forbidden")
        }
        guard settings.clock.wall() - message.header.time <= Self.authorsTime else {
            return .drop("the message is more than an hour old", code: "forbidden")
        }
        try await erase(message, by: message.sender).wait()
        return .pass
    }

    /// Returns the time at or after which messages must have been said for somebody to delete them;
    /// `nil` for moderators, who may delete whatever they can read.
    package func earliestDeletable(by role: Role?) -> Timestamp? {
        role?.mayModerate == true ? nil : settings.clock.wall() - Self.authorsTime
    }

    private func isOwn(
        _ message: Message, _ sender: Sender, _ connection: UInt32, _ session: [UInt8]?
    ) -> Bool {
        guard settings.clock.wall() - message.header.time <= Self.authorsTime else { return false }
        if let account = message.sender.account { return account == sender.account }
        if let session, message.sender.bridge == sender.bridge,
            message.details?.channel == Origin(session: session, id: "").channel
        {
            return true
        }
        return connection != 0 && message.header.connectionID == connection
    }

    private func erase(_ message: Message, by deleter: Sender) -> PendingCommit {
        let quoted = Quotation(
            number: message.number, name: message.sender.name, excerpt: message.text)
        deletedNumbers.insert(message.number)
        for room in rooms {
            if room.name == message.room { room.log.erase(message.number, by: deleter.name) }
            room.log.eraseQuotations(of: quoted)
        }
        if let room = room(message.room) { tellDeletion(of: message, by: deleter, in: room) }
        settings.log.info(
            "\(deleter.name) has deleted #\(message.number) of \(message.sender.name)"
                + " in \(message.room)")
        return store.enqueue(
            Deletion(of: message.number, by: deleter.name, quotedAs: quoted.excerpt))
    }

    /// Tells the readers of a room that pass messages on, even those that are behind, in the order
    /// of the log.
    private func tellDeletion(of message: Message, by deleter: Sender, in room: Room) {
        let batch = self.batch(room: room.name, capacity: 1, bytes: 0)
        var header = MessageHeader()
        header.kind = .deletion
        let quoted = Quotation(number: message.number, name: "", excerpt: "")
        unsafe batch.arena.append(
            header, copying: .init(start: nil, count: 0), sender: deleter,
            details: MessageDetails(reply: quoted))
        // No chain is asked: a deletion can't be refused.
        batch.arena.number(from: nextNumber(), time: settings.clock.wall())
        if store(batch) { room.append(batch.arena) }
    }
}

extension Role {
    /// True if the role may act on what others do.
    package var mayModerate: Bool { self == .moderator || self == .admin }
}

extension Port {
    /// Returns true if a message was deleted since the start: if it still waits, it must not be
    /// delivered any more.
    ///
    /// Messages that were deleted before they were read never come.
    public func isDeleted(_ number: MessageNumber) -> Bool { bus.deletedNumbers.contains(number) }

    /// Returns the ids of our message in a remote chat, in their order: several if it took several
    /// messages there.
    public func remoteIDs(of number: MessageNumber, in channel: String? = nil) async throws
        -> [String]
    {
        try await bus.store.remoteIDs(of: number, in: .init(bridge: name, name: channel))
    }
}
