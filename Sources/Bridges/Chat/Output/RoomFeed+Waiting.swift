import MessageBus

extension RoomFeed {
    /// Returns what waits for the connections that read this form of the room.
    ///
    /// - Parameter cursors: their cursors; those that have everything cost nearly nothing.
    package func waiting(
        for cursors: some Sequence<TranscriptCursor>, at now: Timestamp
    ) -> WaitingMessages {
        var waiting = WaitingMessages(channel: room.name, count: 0, age: .zero)
        var furthest: TranscriptOffset?
        for cursor in cursors {
            let count = cursor.waiting
            guard count > 0 else { continue }
            waiting.count += count
            furthest = min(furthest ?? cursor.position, cursor.position)
        }
        guard let furthest else { return waiting }
        // The mark in front of it is at most a thousandth of the transcript away.
        let number = transcript.mark(before: furthest)?.number ?? 0
        let oldest = room.log.messages(from: room.log.position(after: number), atMost: 1).first
        waiting.age = oldest.map { max(.zero, now - $0.header.time) } ?? .zero
        return waiting
    }
}
