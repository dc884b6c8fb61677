/// What one of our messages is called on the other side.
public struct Link: Sendable, Equatable {
    /// Our number.
    public let number: UInt64
    /// Its name there.
    public let remoteID: String

    /// Makes one.
    public init(number: UInt64, remoteID: String) {
        self.number = number
        self.remoteID = remoteID
    }
}
