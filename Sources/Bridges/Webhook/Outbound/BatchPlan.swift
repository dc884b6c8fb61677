import MessageBus

/// Messages that go out together, from the first try on: they keep one id, whatever happens.
struct BatchPlan: Equatable, Sendable {
    /// The first message's number.
    let first: MessageNumber
    /// The last one's.
    let last: MessageNumber
    /// The time since which the receiver has accepted nothing; `nil` if it has.
    var failingSince: Timestamp?

    /// The name of the checkpoint.
    static let checkpointKey = "batch"

    init(first: MessageNumber, last: MessageNumber, failingSince: Timestamp? = nil) {
        (self.first, self.last, self.failingSince) = (first, last, failingSince)
    }

    /// Reads a checkpoint; `nil` if it is not one.
    init?(_ state: [UInt8]) {
        let words = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard words.count == 2 || words.count == 3, let first = MessageNumber(words[0]),
            let last = MessageNumber(words[1])
        else { return nil }
        self.init(
            first: first, last: last,
            failingSince: words.count == 3
                ? Int64(words[2]).map { Timestamp(milliseconds: $0) } : nil)
    }

    var checkpoint: Checkpoint {
        let since = failingSince.map { " \($0.milliseconds)" } ?? ""
        return Checkpoint(key: Self.checkpointKey, state: Array("\(first) \(last)\(since)".utf8))
    }
}
