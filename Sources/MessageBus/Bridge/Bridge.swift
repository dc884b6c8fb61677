/// A way in and out of the bus.
public protocol Bridge: Sendable {
    /// Runs the bridge. Return = finished. Throw = failed; it is run again after a pause. The end
    /// of `port.messages` = the bus is stopping.
    func run(_ port: Port) async throws
}

/// Which way a bridge carries.
public enum Direction: String, Sendable, CaseIterable, OptionValue {
    case both
    /// Only brings messages in.
    case `in`
    /// Only takes them out.
    case out
}

/// Why a bridge failed, as a sentence for the person at the terminal.
public struct BridgeError: Error, CustomStringConvertible, Equatable {
    /// The sentence, without the bridge's name.
    public let description: String

    /// Makes one.
    public init(_ description: String) { self.description = description }
}
