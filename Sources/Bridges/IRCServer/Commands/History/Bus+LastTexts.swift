import MessageBus

extension Bus {
    /// The number of texts that are fetched to replace deleted ones.
    private static let step = 100
    /// The most fetches: nothing is found in front of that many deleted texts.
    private static let maxLooks = 20

    /// Returns the last texts of a room before a number that are not deleted, the oldest first;
    /// corrected ones have their new text.
    func lastTexts(
        in room: Room, before number: MessageNumber = .max, atMost count: Int
    ) async throws -> [Message] {
        var found: [Message] = []
        var (end, wanted) = (number, count)
        for _ in 0..<Self.maxLooks where found.count < count {
            let page = try await history(in: room, before: end, atMost: wanted)
            let texts = page.messages.filter { !$0.header.isDeleted }
            found = texts.suffix(count - found.count) + found
            guard !page.isComplete, let first = page.messages.first else { break }
            (end, wanted) = (first.number, Self.step)
        }
        return found
    }
}
