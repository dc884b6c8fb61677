/// The place that a message came from before it reached the bus.
public struct Origin: Sendable, Hashable {
    /// The remote chat, file or channel within the bridge; `nil` where a bridge has only one.
    public let channel: String?
    /// The message's name there: a message id, a position in a file.
    public let remoteID: String?
    /// The instances that it has passed, by `Port.instanceID`, the earliest first: an instance that
    /// finds itself among them drops the message.
    public let passed: [String]

    /// Makes an origin.
    public init(channel: String? = nil, remoteID: String? = nil, passed: [String] = []) {
        self.channel = channel
        self.remoteID = remoteID
        self.passed = passed
    }

    /// Makes the origin of a message from a speaker who is known by a secret: a browser's session,
    /// or a program's token.
    ///
    /// The channel is the same for all of a speaker's messages, so that an id is found again. It is
    /// never shown.
    ///
    /// - Parameters:
    ///   - digest: the SHA-256 of the secret.
    ///   - id: the speaker's own id for the message.
    package init(session digest: [UInt8], id: String) {
        var channel = Array(Self.sessionPrefix.utf8)
        for byte in digest {
            for half in [byte >> 4, byte & 15] {
                channel.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") + half - 10)
            }
        }
        self.init(channel: String(decoding: channel, as: UTF8.self), remoteID: id)
    }

    /// The beginning of the channels of sessions.
    private static let sessionPrefix = "session:"
    /// Bytes of the channel of a session: the prefix, and the digits of a SHA-256.
    private static let sessionBytes = 8 + 64

    /// True if the speaker is known by a session or token, and `remoteID` is the speaker's own id.
    package var isSession: Bool {
        guard let channel, channel.utf8.count == Self.sessionBytes else { return false }
        return channel.utf8.starts(with: Self.sessionPrefix.utf8)
    }
}
