// People of the other side: on the list of those who are here, announced or not, and reached by
// private messages.
extension Port {
    /// Adds somebody to the list of people who are here, without an announcement.
    ///
    /// Private messages to them arrive in `privateMessages` or, if nobody reads that, in
    /// `messages`. They leave when the bridge's run ends, or with `leave(_:room:)`.
    ///
    /// - Parameters:
    ///   - name: the name, as the bridge knows it.
    ///   - room: the room; `nil`: the bridge's own. Somebody may be in several.
    /// - Returns: false, and nothing is done, if somebody else has that name, or there is no such
    ///   room.
    @discardableResult
    public func present(as name: String, in room: String? = nil) async -> Bool {
        await bus.enter(name, room: room, hasNotices: false, by: attachment) == .pass
    }

    /// Adds somebody from the other side to a room and announces the entry there, as for people who
    /// connect by socket.
    ///
    /// Otherwise the same as `present(as:in:)`. If the person is in that room already, nothing
    /// changes and nothing is announced.
    ///
    /// - Returns: pass, or why not: `name-in-use`, `forbidden`, or what the chains say.
    /// - Throws: `PortError` if there is no such room.
    @discardableResult
    public func enter(_ name: String, room: String? = nil) async throws -> Verdict {
        if let room, await !bus.isRoom(room) { throw PortError.noRoom(room) }
        return await bus.enter(name, room: room, hasNotices: true, by: attachment)
    }

    /// Removes people who were added by `enter` or `present` from the list; the room is told that
    /// somebody has left if it was told of the entry.
    ///
    /// - Parameters:
    ///   - names: one, or all that leave at once.
    ///   - room: the room; `nil`: every one they are in.
    public func leave(_ names: [String], room: String? = nil) async {
        await bus.leave(names, room: room, by: attachment)
    }

    /// Gives somebody who came by `enter` or `present` another name, and tells the rooms.
    ///
    /// - Returns: pass, or why not: `unknown-user`, `name-in-use`, `forbidden`, or what the chains
    ///   say.
    @discardableResult
    public func rename(_ name: String, to other: String) async -> Verdict {
        await bus.rename(name, to: other, by: attachment)
    }

    // MARK: - Private messages

    /// The private messages to people who came by `enter` or `present`, at most once each: they are
    /// never in the store.
    ///
    /// While they are read here, they don't come in `messages`. At most 256 wait: beyond that the
    /// oldest are lost. The sequence ends when the bus stops.
    public var privateMessages: PrivateMessages { PrivateMessages(port: self) }

    /// Sends a private message.
    ///
    /// - Parameters:
    ///   - text: the text; may have several lines.
    ///   - name: the sender, as the bridge knows them. Somebody who is not on the list is here only
    ///     for this message, and can't be answered.
    ///   - receiver: somebody who is here, by the name that everybody sees.
    ///   - isAutomatic: true if a program says it, not a person.
    /// - Returns: its number, and the verdict: pass, or the code `unknown-user` if nobody here has
    ///   that name, `full` if too many messages wait for that person already, `name-in-use`,
    ///   `forbidden`, or what the chains say.
    /// - Throws: `PortError` if the bus has stopped.
    @discardableResult
    public func whisper(
        _ text: String, from name: String, to receiver: String, isAutomatic: Bool = false
    ) async throws -> Receipt {
        guard await !bus.isEnding else { throw PortError.stopped }
        return await bus.whisper(
            text, from: name, to: receiver, isAutomatic: isAutomatic, by: attachment)
    }

    // MARK: - Deletions

    /// Permanently deletes a message that this bridge brought in, in the name of the message's
    /// author; readers that have passed the message on get the deletion.
    ///
    /// Returns when the store has committed the deletion.
    ///
    /// - Returns: pass, or why not: `unknown-message` if there is none with that number or it is
    ///   deleted already, `forbidden` if it came from another bridge or is more than an hour old.
    /// - Throws: errors of the store; `CancellationError`.
    @discardableResult
    public func delete(_ number: MessageNumber) async throws -> Verdict {
        try await bus.delete(number, by: attachment)
    }
}
