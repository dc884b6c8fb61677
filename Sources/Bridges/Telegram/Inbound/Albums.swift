import Chat
import JSON

/// The most recent albums, by which their pictures are recognized: each comes as its own message.
///
/// Owned by `TelegramInbox`; confined to the task that polls.
struct Albums {
    private var counts: [String: Int] = [:]
    private var order: [String] = []

    /// The most albums remembered.
    private static let bound = 64
    /// The most pictures of one album, by Telegram's rules.
    private static let maxCount = 10

    /// Counts a message; returns true if it continues the album of an earlier one.
    ///
    /// False for an edit, and for the first of every ten pictures of one author's album.
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
        return count % Self.maxCount != 0
    }
}
