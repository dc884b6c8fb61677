// For bridges to other instances.
extension Port {
    /// Returns the store's unique name, which is generated at random when it is first asked for.
    ///
    /// It has 16 characters of `a-z` and `2-7`.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    package func storeID() async throws -> String {
        let key = "id"
        if let known = try await bus.store.checkpoints(of: Self.storeItself)[key] {
            return String(decoding: known, as: UTF8.self)
        }
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var random = SystemRandomNumberGenerator()
        let id = (0..<16).map { _ in digits[Int.random(in: 0..<32, using: &random)] }
        try await bus.saveCheckpoints(
            [Checkpoint(key: key, state: id)], ofBridge: Self.storeItself)
        return String(decoding: id, as: UTF8.self)
    }

    /// The owner of checkpoints that belong to no bridge.
    private static var storeItself: String { "" }

    /// Skips all numbers up to one that other instances have received from this store.
    ///
    /// May block the loop for a second, the time that the store takes to reserve many numbers at
    /// once.
    ///
    /// - Returns: the numbers that this process has given, or would have given, a second time,
    ///   which happens only if the store was restored from a backup. Only the first call in a
    ///   process can tell.
    package func skipNumbers(
        through number: MessageNumber
    ) async -> ClosedRange<MessageNumber>? {
        await bus.perform { $0.skipNumbers(through: number) }
    }

    /// The names of all rooms, the default one first; those that a reload opens last.
    package var roomNames: [String] {
        get async { await bus.perform { bus in bus.allRooms.map(\.name) } }
    }

    /// Returns the events of a room after a number, the oldest first; `nil` if there is no such
    /// room.
    ///
    /// - Throws: what the store throws, if it can't be read.
    package func events(
        in room: String, after number: MessageNumber, atMost count: Int
    ) async throws -> RoomEvents? {
        try await bus.events(inRoom: room, after: number, atMost: count)
    }

    /// The texts that wait for the durable readers of this bridge, by room.
    package var waiting: [WaitingMessages] {
        get async {
            await bus.perform { bus in
                attachment.durableReaders.map { $0.waiting(at: bus.settings.clock.wall()) }
            }
        }
    }

    /// Returns the people whom other bridges have here, with a count of all changes.
    ///
    /// - Parameter count: the count of an earlier answer: `nil` is returned if nothing has changed.
    package func people(
        in rooms: Set<String>, since count: UInt64?
    ) async -> (people: [PresentPerson], changes: UInt64)? {
        await bus.perform { $0.people(in: rooms, since: count, beside: attachment) }
    }

    /// Adds people to rooms without announcing it; the rooms are told when somebody with
    /// `hasNotices` leaves.
    package func enterQuietly(_ people: [(name: String, room: String, hasNotices: Bool)]) async {
        await bus.perform { bus in
            for person in people {
                _ = bus.enter(
                    person.name, room: person.room, hasNotices: person.hasNotices, isQuiet: true,
                    by: attachment)
            }
        }
    }

    /// Takes people off the list, and tells no room.
    package func leaveQuietly(_ names: [String]) async {
        await bus.perform { bus in
            bus.leave(names, room: nil, isQuiet: true, by: attachment)
        }
    }

    /// Permanently deletes a message because somebody on another instance, who may do so there, has
    /// deleted it.
    ///
    /// - Parameter deleter: the name of the person who has deleted it, as everybody sees it.
    /// - Returns: pass, or why not: `unknown-message`.
    /// - Throws: errors of the store; `CancellationError`.
    package func delete(_ number: MessageNumber, as deleter: String) async throws -> Verdict {
        let sender = Sender(
            name: deleter, key: bus.settings.namePolicy.fold(deleter), bridge: name, identity: 0)
        let result = try await bus.delete(
            number, by: sender, role: .moderator, connection: 0)
        return result == .deleted
            ? .pass : .drop("there is no such message", code: "unknown-message")
    }
}

extension Bus {
    fileprivate func people(
        in rooms: Set<String>, since count: UInt64?, beside attachment: BridgeAttachment
    ) -> (people: [PresentPerson], changes: UInt64)? {
        if count == peopleChanges { return nil }
        let rooms = self.rooms.filter { rooms.contains($0.name) }
        var result: [PresentPerson] = []
        for person in people.values where person.sender.bridge != attachment.name {
            for room in rooms where person.isIn(room) {
                result.append(
                    PresentPerson(
                        name: person.sender.name, room: room.name,
                        hasNotices: person.hasNotices(in: room),
                        identity: person.sender.identity))
            }
        }
        return (result, peopleChanges)
    }

    fileprivate func saveCheckpoints(_ checkpoints: [Checkpoint], ofBridge bridge: String)
        async throws
    {
        let progress = BridgeProgress(bridge: bridge, checkpoints: checkpoints)
        try await store.enqueue(progress).wait()
    }

    fileprivate func events(
        inRoom name: String, after number: MessageNumber, atMost count: Int
    ) async throws -> RoomEvents? {
        guard let room = room(name) else { return nil }
        return try await events(in: room, after: number, atMost: count)
    }
}
