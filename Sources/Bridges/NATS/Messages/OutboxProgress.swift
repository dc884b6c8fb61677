import MessageBus

/// The progress of a room's messages into the stream.
struct OutboxProgress: Sendable, Equatable {
    /// The number of messages that were put into the stream.
    var count: UInt64 = 0
    /// The number of the last one.
    var last: MessageNumber = 0

    /// Makes the progress before the first message.
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
    /// The name of the checkpoint with the last message put into the stream.
    static let sentKey = "sent"
    /// The name of the checkpoint with the position up to which the stream was read.
    static let readKey = "read"
}
