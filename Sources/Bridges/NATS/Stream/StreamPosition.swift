/// A position in a stream up to which messages were read, or put in.
struct StreamPosition: Sendable, Equatable {
    /// The time at which the stream was made, in the broker's words.
    var created = ""
    /// The number of the last message, in the stream; 0 if there was none.
    var sequence: UInt64 = 0
    /// The stream's time for that message, in nanoseconds; for a message of our own, the name that
    /// we gave it.
    var mark = ""

    /// The checkpoint's bytes.
    var state: [UInt8] { Array("\(created) \(sequence) \(mark)".utf8) }

    /// Makes the position before the first message.
    init() {}

    /// Makes a place.
    init(created: String, sequence: UInt64, mark: String) {
        self.created = created
        self.sequence = sequence
        self.mark = mark
    }

    /// Reads a checkpoint's bytes; `nil` if they are something else.
    init?(_ state: [UInt8]) {
        let parts = String(decoding: state, as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 3, let sequence = UInt64(parts[1]) else { return nil }
        self.init(created: String(parts[0]), sequence: sequence, mark: String(parts[2]))
    }
}
