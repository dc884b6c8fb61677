/// A message of several lines that a client is sending (`draft/multiline`).
///
/// Owned by an `IRCServerClient`; confined to the bus's loop.
struct MultilineInput {
    /// The reason for which a batch is refused, as standard replies name it.
    enum Refusal: Error, Equatable {
        case invalid
        case tooLong
        case tooManyLines
    }

    /// The client's name for the batch.
    let name: String
    /// The channel or nick.
    let target: String
    /// The label of the command that began it.
    let label: String?
    /// The value of `+draft/reply`.
    let reply: String?
    /// The instances that it has passed.
    let passed: [String]
    /// `PRIVMSG` or `NOTICE`, once a line has come.
    private(set) var command: String?
    private(set) var text: [UInt8] = []
    /// The places inside lines at which the client has cut them.
    private(set) var cuts: [Int] = []
    private var lines = 0

    /// Bytes of all lines at most.
    static let maxBytes = 8_192
    /// Lines at most.
    static let maxLines = 40

    init(_ name: String, to target: String, label: String?, reply: String?, passed: [String] = []) {
        self.name = name
        self.target = target
        self.label = label
        self.reply = reply
        self.passed = passed
    }

    /// Takes a line.
    ///
    /// - Parameter isConcatenated: true if the line continues the one before.
    mutating func append(
        _ command: String, to target: String, _ line: [UInt8], isConcatenated: Bool
    ) throws(Refusal) {
        guard self.command == nil || self.command == command,
            target.lowercased() == self.target.lowercased(), !(isConcatenated && line.isEmpty)
        else { throw .invalid }
        self.command = command
        lines += 1
        if lines > Self.maxLines { throw .tooManyLines }
        if lines > 1 {
            if isConcatenated { cuts.append(text.count) } else { text.append(0x0A) }
        }
        text += line
        if text.count > Self.maxBytes { throw .tooLong }
    }
}
