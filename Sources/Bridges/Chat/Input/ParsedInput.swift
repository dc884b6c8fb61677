import Sockets

/// The bytes that a client has sent, taken apart event by event, so that the rest can wait.
///
/// A value of its owner's, confined like it.
package protocol ParsedInput {
    /// A piece of input that is acted on as a whole.
    associatedtype Event

    /// True if bytes wait that may hold another event.
    var hasMore: Bool { get }

    /// Adds bytes that have come.
    @safe mutating func append(_ bytes: UnsafeRawBufferPointer)

    /// Returns the next event; `nil` when more bytes are needed.
    ///
    /// - Throws: `WebSocketViolation`, and the same again from then on.
    mutating func next() throws(WebSocketViolation) -> Event?

    /// Forgets what waits.
    mutating func removeAll()
}

extension WebSocketInput: ParsedInput {}
