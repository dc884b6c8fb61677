extension Bus {
    /// Publishes blocks of lines and keeps the checkpoints of what they were read from in the same
    /// transaction.
    ///
    /// - Returns: the number of lines that were dropped, once everything is kept.
    func publish(
        _ blocks: [LineBlock], checkpoints: [Checkpoint], by attachment: BridgeAttachment
    ) async throws -> Int {
        try await waitForCapacity(isOwed: true)
        guard !isEnding, !attachment.isDetached else { throw PortError.stopped }
        guard let room = room(attachment.room) else { throw PortError.noRoom(attachment.room) }
        var dropped = 0
        for block in blocks where block.count > 0 {
            let arena = block.arena
            arena.room = room.name
            arena.details = arena.details.map { $0.arriving(at: settings.clock.wall()) }
            arena.senders = block.origins.map {
                sender(of: Draft("", from: $0.name), by: attachment)
            }
            let batch = Batch(arena)
            publish(batch, in: room, by: attachment, isOwed: true)
            dropped += batch.drops.count
        }
        if !checkpoints.isEmpty {
            // In the same turn as the lines: the store keeps both in one transaction.
            let progress = BridgeProgress(bridge: attachment.name, checkpoints: checkpoints)
            try await store.enqueue(progress).wait()
        }
        return dropped
    }
}

extension Bus {
    /// Moves checkpoints from another bridge to this one: keeps them here and forgets them there,
    /// both or neither.
    fileprivate func takeOver(
        _ checkpoints: [Checkpoint], from other: String, by attachment: BridgeAttachment
    ) async throws {
        let forgotten = checkpoints.map { Checkpoint(key: $0.key, state: []) }
        let taken = store.enqueue(BridgeProgress(bridge: attachment.name, checkpoints: checkpoints))
        let given = store.enqueue(BridgeProgress(bridge: other, checkpoints: forgotten))
        try await taken.wait()
        try await given.wait()
    }
}

extension Port {
    /// Returns the checkpoints last kept of another bridge, by key.
    package func checkpoints(of other: String) async throws -> [String: [UInt8]] {
        try await bus.store.checkpoints(of: other)
    }

    /// Moves checkpoints from another bridge to this one: keeps them here and forgets
    /// them there, all or none.
    package func takeOver(_ checkpoints: [Checkpoint], from other: String) async throws {
        try await bus.takeOver(checkpoints, from: other, by: attachment)
    }

    /// Publishes lines that a thread has read from files or streams, in order, and keeps the
    /// checkpoints of what they were read from in the same transaction: all or nothing.
    ///
    /// The blocks belong to the bus from now on. Waits as long as the store can't take more.
    ///
    /// - Returns: the number of lines that were dropped, once everything is kept.
    /// - Throws: `PortError` if the bus has stopped; `CancellationError`.
    package func publish(
        _ blocks: [LineBlock], checkpoints: [Checkpoint]
    ) async throws -> Int {
        try await bus.publish(blocks, checkpoints: checkpoints, by: attachment)
    }
}
