extension Bus {
    /// Publishes blocks of lines, and keeps what their sources have reached with them.
    ///
    /// - Returns: how many lines were dropped, when all is kept.
    func publish(
        _ blocks: [LineBlock], checkpoints: [Checkpoint], by intake: Intake
    ) async throws -> Int {
        try await waitForRoom(isOwed: true)
        guard !isEnding else { throw PortError.stopped }
        guard let room = room(intake.room) else { throw PortError.noRoom(intake.room) }
        var dropped = 0
        for block in blocks where block.count > 0 {
            let batch = block.batch
            batch.room = room.name
            batch.details = batch.details.map { $0.arriving(at: settings.time()) }
            batch.senders = block.sources.map { sender(of: Draft("", from: $0.name), by: intake) }
            publish(batch, in: room, by: intake, isOwed: true)
            dropped += batch.drops.count
        }
        if !checkpoints.isEmpty {
            // In the same turn as the lines: the store keeps both in one transaction.
            let progress = SourceProgress(bridge: intake.name, checkpoints: checkpoints)
            try await store.take(progress).wait()
        }
        return dropped
    }
}

extension Port {
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
        try await bus.publish(blocks, checkpoints: checkpoints, by: intake)
    }
}
