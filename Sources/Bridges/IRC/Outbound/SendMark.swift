import MessageBus

/// The last message of a room that may have gone out to a channel.
///
/// It is kept before the message goes out, so that whatever ends the daemon, the next run knows
/// which messages may be there although they are not confirmed.
struct SendMark: Sendable, Equatable {
    let channel: String
    let last: MessageNumber

    /// Makes the mark of a channel.
    init(_ channel: String, last: MessageNumber) {
        self.channel = channel
        self.last = last
    }

    /// Reads the mark of a channel from the store's checkpoints; makes one of the beginning if
    /// there is none.
    init(_ channel: String, in checkpoints: [String: [UInt8]]) {
        let state = checkpoints[Self.checkpointKey(channel)] ?? []
        self.init(
            channel, last: MessageNumber(String(decoding: state, as: UTF8.self)) ?? 0)
    }

    private static func checkpointKey(_ channel: String) -> String { "sent \(channel)" }

    /// The checkpoint that the store is to keep.
    var checkpoint: Checkpoint {
        Checkpoint(key: Self.checkpointKey(channel), state: Array("\(last.rawValue)".utf8))
    }
}
