/// The link between one of our messages and its name on the other side.
public struct Link: Sendable, Equatable {
    /// Our number.
    public let number: MessageNumber
    /// The name there.
    public let remoteID: String

    /// Makes a link.
    public init(number: MessageNumber, remoteID: String) {
        self.number = number
        self.remoteID = remoteID
    }
}
