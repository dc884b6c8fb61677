import Glibc

/// The parser of a request's head, line by line.
///
/// A head that could be read in two ways is refused: RFC 9112 lets a server choose, and a proxy in
/// front may have chosen otherwise (request smuggling, 11.2).
struct HTTPHeadParser {
    /// The bytes of this head so far.
    private var bytes: [UInt8] = []
    /// The place in `bytes` at which the present line begins.
    private var lineStart = 0
    private var requestLine: HTTPRequestLine?
    private var fields: [HTTPRequestHead.Field] = []

    /// Bytes of a head at most.
    static let maxBytes = 8 << 10
    /// Bytes for which there is room at first: those of a browser's usual request.
    private static let usualBytes = 640
    private static let usualFields = 16

    /// True while nothing of a request has come, not even an empty line in front of it.
    var isEmpty: Bool { bytes.isEmpty }

    /// Reads from the front of bytes; returns the head once it is complete, and `nil` when more
    /// bytes are needed.
    @safe mutating func read(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPRefusal) -> HTTPRequestHead? {
        while let start = input.baseAddress, unsafe !input.isEmpty {
            if requestLine == nil, bytes.count == lineStart { try unsafe checkFirst(input[0]) }
            let room = Self.maxBytes + 1 - bytes.count
            let ending = unsafe memchr(start, 10, min(input.count, room))
            let count =
                unsafe ending.map { unsafe UnsafeRawPointer($0) - start + 1 }
                ?? min(input.count, room)
            append(input.part(..<count))
            input.removeBeginning(count)
            if bytes.count > Self.maxBytes { throw tooLong }
            if unsafe ending != nil, try endLine() { return try parseHead() }
        }
        return nil
    }

    /// Refuses what can't be HTTP with its first byte, such as a TLS handshake: its sender may
    /// wait.
    private func checkFirst(_ byte: UInt8) throws(HTTPRefusal) {
        guard HTTPCharacters.isToken(byte) || byte == 13 else {
            throw .malformed("the request does not begin with a method")
        }
    }

    @safe private mutating func append(_ piece: UnsafeRawBufferPointer) {
        if bytes.isEmpty { bytes.reserveCapacity(Self.usualBytes) }
        unsafe bytes.append(contentsOf: piece)
    }

    private var tooLong: HTTPRefusal {
        guard requestLine == nil, bytes[lineStart...].contains(0x20) else {
            return HTTPRefusal(
                .headerTooLarge, "the header has more than \(Self.maxBytes) bytes")
        }
        return HTTPRefusal(.uriTooLong, "the target is too long")
    }

    /// Reads the line that ends the bytes; returns whether it was the empty one behind the fields.
    private mutating func endLine() throws(HTTPRefusal) -> Bool {
        let end = bytes.count - 2
        guard end >= lineStart, bytes[end] == 13 else {
            throw .malformed("a line of the header ends without CR")
        }
        let line = lineStart..<end
        lineStart = bytes.count
        if requestLine == nil {
            // One of those that an old client sends behind a body (RFC 9112, 2.2).
            if line.isEmpty { return false }
            requestLine = try HTTPRequestLine(&bytes, line)
            // The target may have got bytes of its own behind the line.
            lineStart = bytes.count
            return false
        }
        if line.isEmpty { return true }
        if fields.isEmpty { fields.reserveCapacity(Self.usualFields) }
        fields.append(try Self.field(in: &bytes, line))
        return false
    }

    /// Reads a field, and puts its name into lower case.
    static func field(
        in bytes: inout [UInt8], _ line: Range<Int>
    ) throws(HTTPRefusal) -> HTTPRequestHead.Field {
        var at = line.lowerBound
        while at < line.upperBound, HTTPCharacters.isToken(bytes[at]) {
            bytes[at] = HTTPCharacters.lowercase(bytes[at])
            at += 1
        }
        let name = line.lowerBound..<at
        guard at < line.upperBound, bytes[at] == 0x3A, !name.isEmpty else {
            throw .malformed(problem(at: at, bytes, line))
        }
        var (start, end) = (at + 1, line.upperBound)
        while start < end, HTTPCharacters.isBlank(bytes[start]) { start += 1 }
        while end > start, HTTPCharacters.isBlank(bytes[end - 1]) { end -= 1 }
        for index in start..<end where !HTTPCharacters.isFieldValue(bytes[index]) {
            throw .malformed("a field of the header contains a control character")
        }
        return HTTPRequestHead.Field(name: name, value: start..<end)
    }

    private static func problem(at: Int, _ bytes: [UInt8], _ line: Range<Int>) -> String {
        guard at < line.upperBound else { return "a field of the header has no colon" }
        if HTTPCharacters.isBlank(bytes[at]) {
            return at == line.lowerBound
                ? "a field of the header is folded over two lines"
                : "a field of the header has a blank in its name or before the colon"
        }
        return at == line.lowerBound
            ? "a field of the header has no name" : "the name of a field is not a token"
    }

    private mutating func parseHead() throws(HTTPRefusal) -> HTTPRequestHead {
        guard let line = requestLine else { preconditionFailure("fields follow a request line") }
        var head = HTTPRequestHead(
            bytes: bytes, fields: fields, method: line.method, methodRange: line.methodRange,
            pathRange: line.pathRange, queryRange: line.queryRange, isVersion11: line.isVersion11)
        head.isAboutServer = line.isAboutServer
        self = HTTPHeadParser()
        try head.interpretFields(authority: line.authorityRange)
        return head
    }
}
