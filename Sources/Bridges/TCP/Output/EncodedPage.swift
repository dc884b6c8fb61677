import Chat
import MessageBus

/// Stored messages as lines, without the first lines, which were sent already.
///
/// Confined to whoever holds it.
struct EncodedPage {
    private let encoder: ChatEncoder
    /// Bytes of the longest line, as in the transcript.
    private let longest: Int
    private var skipping: Int
    private var counts: [(number: MessageNumber, lines: Int)] = []
    private(set) var bytes: [UInt8] = []
    /// The number of lines, including those that are not shown.
    private(set) var count = 0

    init(skipping: Int, longest: Int, encoder: ChatEncoder) {
        self.skipping = skipping
        self.longest = longest
        self.encoder = encoder
    }

    mutating func append(_ message: Message, isShown: Bool) {
        var lines: [UInt8] = []
        // A message that was deleted since is not shown, but its lines were counted.
        let isShown = isShown && !message.header.isDeleted
        if message.header.isDeleted {
            lines = Array(repeating: 0x0A, count: message.body.count + 1)
        } else {
            encoder.append(message, longest: longest, to: &lines)
        }
        let before = count
        var rest = lines[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            if skipping > 0 {
                skipping -= 1
                continue
            }
            count += 1
            if isShown { bytes.append(contentsOf: line) }
        }
        counts.append((message.number, count - before))
    }

    /// Returns the number of lines of the messages after one.
    func lines(after number: MessageNumber) -> Int {
        counts.reduce(0) { $1.number > number ? $0 + $1.lines : $0 }
    }
}
