import TimeUnits

/// A chat of the test server.
package struct BotChat: Sendable {
    /// The messages of the bot in it.
    package struct Post: Sendable {
        package let id: Int64
        /// The text, without the marks of relayed names.
        package let text: String
        /// The text as it came.
        package let markedText: String
        package let topic: Int64?
        package let replyTo: Int64?
        /// The time of it, in nanoseconds of the server's clock.
        package let time: MonotonicTime

        init(id: Int64, text: String, topic: Int64?, replyTo: Int64?, time: MonotonicTime) {
            self.id = id
            self.text = text.replacing("\u{200B}", with: "")
            markedText = text
            self.topic = topic
            self.replyTo = replyTo
            self.time = time
        }
    }

    package var title = "Grupo"
    package var type = "supergroup"
    /// Topics by id, and whether they are open.
    package var topics: [Int64: Bool] = [:]
    /// The status of the bot in it: member, administrator, left, kicked.
    package var status = "member"
    /// True if members may send texts.
    package var permitsTexts = true
    /// The chat that it has become.
    package var migratedTo: Int64?
    /// A 400 for texts that hold this.
    package var refused: String?
    /// True if all its messages are too old to be deleted.
    package var keepsOldMessages = false
    package internal(set) var posts: [Post] = []
    package internal(set) var floods = 0
    var lastMessage: Int64 = 100
    var known: Set<Int64> = []
    var blockedUntil = MonotonicTime.start
    var sends: [MonotonicTime] = []

    package init() {}

    /// Makes messages known that somebody may answer.
    package mutating func remember(_ ids: ClosedRange<Int64>) {
        known.formUnion(ids)
        lastMessage = max(lastMessage, ids.upperBound)
    }

    /// All that was said in it, line by line.
    package var lines: [String] {
        posts.flatMap { $0.text.split(separator: "\n").map(String.init) }
    }
}
