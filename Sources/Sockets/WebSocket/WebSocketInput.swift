/// The bytes that a client of a WebSocket has sent, taken apart event by event, so that the rest
/// can wait.
///
/// A value, confined like its owner.
package struct WebSocketInput {
    private var reader: WebSocketReader
    /// Bytes that were received; those before `start` are read.
    private var bytes: [UInt8] = []
    private var start = 0

    /// Makes the input of a connection that begins.
    ///
    /// - Parameters:
    ///   - maxMessage: bytes of a message at most; a longer one is a violation, 1009.
    ///   - takesBinary: whether messages of bytes are taken; they are a violation otherwise, 1003.
    package init(maxMessage: Int = WebSocketReader.usualMaxMessage, takesBinary: Bool = false) {
        reader = WebSocketReader(maxMessage: maxMessage, takesBinary: takesBinary)
    }

    /// True if bytes wait that may hold another event.
    package var hasMore: Bool { start < bytes.count }

    /// Adds bytes that have come.
    @safe package mutating func append(_ more: UnsafeRawBufferPointer) {
        if start > 0 { bytes.removeFirst(start) }
        start = 0
        unsafe bytes.append(contentsOf: more)
    }

    /// Returns the next event; `nil` when more bytes are needed.
    ///
    /// - Throws: `WebSocketViolation`, and the same again from then on.
    package mutating func next() throws(WebSocketViolation) -> WebSocketReader.Event? {
        let all = bytes
        // An idle connection keeps no memory for it.
        defer { if start == all.count { removeAll() } }
        let result: Result<WebSocketReader.Event?, WebSocketViolation> =
            unsafe all.withUnsafeBytes { lent in
                var input = lent.part(start...)
                defer { start = all.count - input.count }
                do throws(WebSocketViolation) {
                    return .success(try reader.next(&input))
                } catch {
                    return .failure(error)
                }
            }
        return try result.get()
    }

    /// Forgets what waits.
    package mutating func removeAll() { (bytes, start) = ([], 0) }
}
