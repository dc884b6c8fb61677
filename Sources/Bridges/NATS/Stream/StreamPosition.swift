/// A place in a stream: what has been read up to there, or put into it.
struct StreamPosition: Sendable, Equatable {
    /// The time at which the stream was made, in the broker's words.
    var created = ""
    /// The number of the last message, in the stream; 0 if there was none.
    var sequence: UInt64 = 0
    /// The time that the stream has for that message, in nanoseconds; for messages of our own the
    /// name that we gave it.
    var mark = ""

    /// The checkpoint's bytes.
    var state: [UInt8] { Array("\(created) \(sequence) \(mark)".utf8) }

    /// Makes the place in front of a stream.
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
