/// The parser of the requests of one connection: bytes in; heads, pieces of bodies and their ends
/// out.
///
/// A value of its connection, without clock or socket. Each request has one interpretation or is
/// refused, and it does not matter in how many pieces it comes. After a refusal nothing more is
/// read, because nobody knows where the next request begins: the connection must be closed.
package struct HTTPRequestParser: Sendable {
    /// A step in a request.
    ///
    /// Valid as long as the bytes that were read are.
    @safe package enum Event {
        /// A head is complete; a body may follow. `maxBody` may be set for it now.
        case head(HTTPRequestHead)
        /// A piece of the body, at least one byte, in the bytes that were given.
        case body(UnsafeRawBufferPointer)
        /// The request is complete.
        case end
    }

    private enum Part {
        case head(HTTPHeadParser)
        /// A head was returned; the body's limit is not applied yet.
        case framing(HTTPRequestHead.Framing)
        /// Bytes of the body that are left.
        case counted(Int)
        case chunked(HTTPChunkParser)
        case refused(HTTPRefusal)
    }

    private var part = Part.head(HTTPHeadParser())
    /// The most bytes of a body; each head sets it to `usualMaxBody` again.
    package var maxBody = usualMaxBody

    /// Bytes of a body at most, unless somebody sets another limit.
    package static let usualMaxBody = 64 << 10

    /// Makes a parser at the beginning of a connection.
    package init() {}

    /// True between two requests, while nothing of the next one has come.
    package var isBetweenRequests: Bool {
        if case .head(let parser) = part { parser.isEmpty } else { false }
    }

    /// True from a head to the end of its request.
    package var isInBody: Bool {
        switch part {
        case .framing, .counted, .chunked: true
        case .head, .refused: false
        }
    }

    /// Reads from the front of bytes, up to the next event.
    ///
    /// - Parameter input: what is left of it afterwards follows the event; all of it is read when
    ///   `nil` is returned.
    /// - Returns: `nil` when more bytes are needed.
    /// - Throws: `HTTPRefusal`, and the same again from then on.
    @safe package mutating func next(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPRefusal) -> Event? {
        do throws(HTTPRefusal) {
            return try read(&input)
        } catch {
            part = .refused(error)
            throw error
        }
    }

    @safe private mutating func read(_ input: inout UnsafeRawBufferPointer) throws(HTTPRefusal)
        -> Event?
    {
        switch part {
        case .refused(let refusal): throw refusal
        case .head(var parser):
            // The stored copy is let go, so that appending to its arrays does not copy them.
            part = .framing(.none)
            guard let head = try parser.read(&input) else {
                part = .head(parser)
                return nil
            }
            part = .framing(head.framing)
            maxBody = Self.usualMaxBody
            return .head(head)
        case .framing(let framing):
            try begin(framing)
            return framing == .none ? .end : try read(&input)
        case .counted(let left): return readCounted(left, &input)
        case .chunked(var parser):
            part = .framing(.none)
            let piece = try parser.read(&input)
            part = .chunked(parser)
            guard let piece = unsafe piece else { return nil }
            if unsafe !piece.isEmpty { return unsafe .body(piece) }
            part = .head(HTTPHeadParser())
            return .end
        }
    }

    private mutating func begin(_ framing: HTTPRequestHead.Framing) throws(HTTPRefusal) {
        switch framing {
        case .none: part = .head(HTTPHeadParser())
        case .chunked: part = .chunked(HTTPChunkParser(limit: maxBody))
        case .counted(let length):
            guard length <= maxBody else {
                throw HTTPRefusal(.contentTooLarge, "the body is longer than allowed here")
            }
            part = .counted(length)
        }
    }

    @safe private mutating func readCounted(
        _ left: Int, _ input: inout UnsafeRawBufferPointer
    ) -> Event? {
        if left == 0 {
            part = .head(HTTPHeadParser())
            return .end
        }
        if input.count == 0 { return nil }
        let count = min(left, input.count)
        let piece = input.part(..<count)
        input.removeBeginning(count)
        part = .counted(left - count)
        return unsafe .body(piece)
    }
}
