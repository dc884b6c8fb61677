import MessageBus

/// The counts of what was put into the stream for a room so far.
struct OutboxProgress: Sendable, Equatable {
    /// Messages.
    var count: UInt64 = 0
    /// The number of the last one.
    var last: MessageNumber = 0

    /// Nothing.
    init() {}

    /// Returns the name of the checkpoint of a room.
    static func checkpointKey(_ room: String) -> String { "out \(room)" }

    /// The checkpoint's bytes.
    var state: [UInt8] { Array("\(count) \(last)".utf8) }

    /// Reads a checkpoint's bytes; `nil` if they are something else.
    init?(_ state: [UInt8]) {
        let parts = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let count = UInt64(parts[0]), let last = MessageNumber(parts[1])
        else { return nil }
        (self.count, self.last) = (count, last)
    }
}

extension Fleet {
    /// The name of the checkpoint of what was put into the stream last.
    static let sentKey = "sent"
    /// The name of the checkpoint of what was read of the stream.
    static let readKey = "read"
}
