import MessageBus

/// The numbers of a room's texts by the times at which they were said.
struct MessageTimes {
    private let room: Room

    init(_ room: Room) { self.room = room }

    /// Returns the number of the last text said up to a moment; 0 if there is none.
    ///
    /// Numbers rise with time, so a few requests find it, by bisection.
    func lastNumber(until time: Timestamp, _ bus: isolated Bus) async throws -> MessageNumber {
        var low: MessageNumber = 0
        var high = room.lastNumber + 1
        // Invariant: what is said up to `low` is not later, what is said from `high` on is.
        for _ in 0..<64 where high - low > 1 {
            let middle = low.middle(to: high)
            guard
                let found = try await bus.texts(in: room, before: middle + 1, atMost: 1).last
            else {
                low = middle
                continue
            }
            if found.time <= time {
                low = middle
            } else {
                high = found.number
                if high <= low { break }
            }
        }
        return try await bus.texts(in: room, before: low + 1, atMost: 1).last?.number ?? 0
    }
}
