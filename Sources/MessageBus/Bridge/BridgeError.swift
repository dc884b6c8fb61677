/// The reason why a bridge failed, as a sentence for the person at the terminal.
public struct BridgeError: Error, CustomStringConvertible, Equatable {
    /// The sentence, without the bridge's name.
    public let description: String

    /// Makes an error.
    public init(_ description: String) { self.description = description }
}
