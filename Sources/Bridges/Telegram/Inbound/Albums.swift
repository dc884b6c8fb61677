import Chat

/// Which messages belong to one album: Telegram brings each picture as a message.
struct Albums {
    private var counts: [String: Int] = [:]
    private var order: [String] = []

    /// Albums remembered.
    private static let bound = 64
    /// Pictures of one album at the most, as Telegram has it.
    private static let longest = 10

    /// Whether a message goes with one before it, and counts it.
    mutating func isContinuation(_ post: IncomingMessage, of speaker: MessageAuthor) -> Bool {
        guard !post.isEdit, let group = post.json["media_group_id"].nonEmptyString else {
            return false
        }
        let album = "\(post.location) \(speaker.identity) \(group)"
        let count = counts[album] ?? 0
        if count == 0 {
            if order.count >= Self.bound { counts[order.removeFirst()] = nil }
            order.append(album)
        }
        counts[album] = count + 1
        return count % Self.longest != 0
    }
}
