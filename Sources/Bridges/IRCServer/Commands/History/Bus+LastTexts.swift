import MessageBus

extension Bus {
    /// Texts that are looked at, at least, for those in front of deleted ones.
    private static let step = 100
    /// Looks at most: in front of so many deleted texts nothing is searched.
    private static let maxLooks = 20

    /// Returns the last texts of a room in front of a number that are not deleted, the oldest first;
    /// those that were corrected with the new text.
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
