import MessageBus
import Sockets

/// The search for texts that hold given words: in the store, and in what the store has not
/// committed yet and the room's log has. Without a store that outlives the process, it covers all
/// that the log has.
///
/// Folding a full log takes 20 to 130 ms, so it is done on a thread of its own, one search at a
/// time and piece by piece. Safe from any thread.
package actor MessageSearch {
    private nonisolated let thread = SerialThread(named: "search")
    /// The executor of the thread that searches.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe thread.asUnownedSerialExecutor()
    }

    /// Makes a search that has looked at nothing yet.
    package init() {}

    /// Messages of a log that are taken at once: about 50 µs of the loop.
    private static let step = 1_024

    private struct Piece: Sendable {
        let texts: [Message]
        /// The end of the next piece; `nil` after the last.
        let next: LogPosition?
    }

    /// Returns the numbers of the newest texts of a room that hold all the words, rising.
    ///
    /// Everything said before the call is found, committed or not; but for texts that the room's
    /// log had to let go before a store that lags has committed them.
    package func numbers(
        with words: SearchWords, in room: String, of bus: Bus, atMost count: Int
    ) async throws -> [MessageNumber] {
        guard bus.keepsMessages else {
            return try await inLog(room, of: bus, with: words, after: 0, atMost: count)
        }
        // Messages that are committed between the two questions are found twice, never missed.
        let new = try await inLog(
            room, of: bus, with: words, after: bus.store.committed, atMost: count)
        guard new.count < count else { return new }
        let kept = try await bus.store.numbers(with: words, in: room, atMost: count)
        return Set(kept + new).sorted().suffix(count)
    }

    private func inLog(
        _ room: String, of bus: Bus, with words: SearchWords, after number: MessageNumber,
        atMost count: Int
    ) async throws -> [MessageNumber] {
        let matcher = WordMatcher(words)
        var found: [MessageNumber] = []
        var end: LogPosition? = .max
        while let position = end, found.count < count {
            try Task.checkCancellation()
            let piece = await bus.perform {
                Self.piece(of: room, before: position, after: number, $0)
            }
            let matching = piece.texts.reversed().filter { matcher.matches($0.body) }
            found += matching.map(\.number)
            end = piece.next
        }
        return found.prefix(count).reversed()
    }

    private static func piece(
        of room: String, before end: LogPosition, after number: MessageNumber, _ bus: isolated Bus
    ) -> Piece {
        guard let log = bus.room(room)?.log else { return Piece(texts: [], next: nil) }
        let end = min(end, log.end)
        // Texts that are older than the batches.
        let hasOlder = number < log.forgottenThrough
        if end <= log.start {
            guard hasOlder, let older = log.olderTexts(before: end, atMost: step) else {
                return Piece(texts: [], next: nil)
            }
            let texts = older.texts.filter { $0.number > number }
            return Piece(
                texts: texts, next: texts.count < older.texts.count ? nil : older.position)
        }
        let first = max(log.start, number == 0 ? 0 : log.position(after: number))
        guard first < end else { return Piece(texts: [], next: nil) }
        let start = end - min(step, end - first)
        let isLast = start == first && !hasOlder
        return Piece(
            texts: log.texts(in: start..<end, atMost: step), next: isLast ? nil : start)
    }
}
