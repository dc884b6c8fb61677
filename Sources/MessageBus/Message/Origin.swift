/// The place that a message came from before it reached the bus.
public struct Origin: Sendable, Hashable {
    /// The remote chat, file or channel within the bridge; `nil` where a bridge has only one.
    public let channel: String?
    /// The message's name there: a message id, a position in a file.
    public let remoteID: String?
    /// Names of the bus instances it has passed, the earliest first.
    public let passed: [String]

    /// Makes an origin.
    public init(channel: String? = nil, remoteID: String? = nil, passed: [String] = []) {
        self.channel = channel
        self.remoteID = remoteID
        self.passed = passed
    }
}
