extension Bus {
    /// Publishes blocks of lines, and keeps what their sources have reached with them.
    ///
    /// - Returns: how many lines were dropped, when all is kept.
    func publish(
        _ blocks: [LineBlock], checkpoints: [Checkpoint], by attachment: BridgeAttachment
    ) async throws -> Int {
        try await waitForRoom(isOwed: true)
        guard !isEnding else { throw PortError.stopped }
        guard let room = room(attachment.room) else { throw PortError.noRoom(attachment.room) }
        var dropped = 0
        for block in blocks where block.count > 0 {
            let arena = block.arena
            arena.room = room.name
            arena.details = arena.details.map { $0.arriving(at: settings.time()) }
            arena.senders = block.origins.map {
                sender(of: Draft("", from: $0.name), by: attachment)
            }
            let batch = Batch(arena)
            publish(batch, in: room, by: attachment, isOwed: true)
            dropped += batch.drops.count
        }
        if !checkpoints.isEmpty {
            // In the same turn as the lines: the store keeps both in one transaction.
            let progress = SourceProgress(bridge: attachment.name, checkpoints: checkpoints)
            try await store.take(progress).wait()
        }
        return dropped
    }
}

extension Bus {
    /// Keeps checkpoints for a bridge that another one has kept until now: both or none.
    fileprivate func takeOver(
        _ checkpoints: [Checkpoint], from other: String, by attachment: BridgeAttachment
    ) async throws {
        let forgotten = checkpoints.map { Checkpoint(source: $0.source, state: []) }
        let taken = store.take(SourceProgress(bridge: attachment.name, checkpoints: checkpoints))
        let given = store.take(SourceProgress(bridge: other, checkpoints: forgotten))
        try await taken.wait()
        try await given.wait()
    }
}

extension Port {
    /// What the sources of another bridge had reached when that was last kept, by source.
    package func checkpoints(of other: String) async throws -> [String: [UInt8]] {
        try await bus.store.checkpoints(of: other)
    }

    /// Keeps what sources have reached that another bridge had until now, which forgets them: all of
    /// it or nothing.
    package func takeOver(_ checkpoints: [Checkpoint], from other: String) async throws {
        try await bus.takeOver(checkpoints, from: other, by: attachment)
    }

    /// Says lines that a thread has read from files or streams, in order, and keeps what their
    /// sources have reached with them: all of it or nothing.
    ///
    /// The blocks are the bus's from now on. Waits as long as the store can't take them.
    ///
    /// - Returns: how many lines were dropped, when all is kept.
    /// - Throws: `PortError` if the bus has stopped; `CancellationError`.
    package func publish(
        _ blocks: [LineBlock], checkpoints: [Checkpoint]
    ) async throws -> Int {
        try await bus.publish(blocks, checkpoints: checkpoints, by: attachment)
    }
}
