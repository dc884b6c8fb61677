// For bridges to other instances.
extension Port {
    /// Returns the name of the store, which no other has: made by chance when it is first asked for.
    ///
    /// 16 of `a-z 2-7`.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    package func storeID() async throws -> String {
        let source = "id"
        if let known = try await bus.store.checkpoints(of: Self.storeItself)[source] {
            return String(decoding: known, as: UTF8.self)
        }
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var random = SystemRandomNumberGenerator()
        let id = (0..<16).map { _ in digits[Int.random(in: 0..<32, using: &random)] }
        try await bus.keep(
            [Checkpoint(source: source, state: id)], ofBridge: Self.storeItself)
        return String(decoding: id, as: UTF8.self)
    }

    /// The owner of checkpoints that are no bridge's.
    private static var storeItself: String { "" }

    /// The names of all rooms, the default one first.
    package var roomNames: [String] {
        get async { await bus.perform { bus in bus.rooms.map(\.name) } }
    }

    /// Returns the events of a room behind a number, the oldest first; `nil` if there is no such
    /// room.
    ///
    /// - Throws: what the store throws, if it can't be read.
    package func events(
        in room: String, after number: MessageNumber, atMost count: Int
    ) async throws -> RoomEvents? {
        try await bus.events(inRoom: room, after: number, atMost: count)
    }

    /// Returns the texts that wait for the durable readers of this bridge, by room.
    package var waiting: [WaitingMessages] {
        get async {
            await bus.perform { bus in
                attachment.durableReaders.map { $0.waiting(at: bus.settings.time()) }
            }
        }
    }

    /// Deletes a message for good, as somebody on another instance has, who may do so there.
    ///
    /// - Parameter deleter: the name of who has deleted it, as everybody sees it.
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
    fileprivate func keep(_ checkpoints: [Checkpoint], ofBridge bridge: String) async throws {
        let progress = SourceProgress(bridge: bridge, checkpoints: checkpoints)
        try await store.enqueue(progress).wait()
    }

    fileprivate func events(
        inRoom name: String, after number: MessageNumber, atMost count: Int
    ) async throws -> RoomEvents? {
        guard let room = room(name) else { return nil }
        return try await events(in: room, after: number, atMost: count)
    }
}
