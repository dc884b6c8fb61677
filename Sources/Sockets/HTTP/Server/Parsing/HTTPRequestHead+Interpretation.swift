// The fields that say where a request goes, how long its body is, and what becomes of the
// connection.

extension HTTPRequestHead {
    /// Reads the fields that the protocol gives a meaning, once all have come.
    ///
    /// - Parameter authority: the host of a target in absolute form, which counts instead of the
    ///   field.
    mutating func interpretFields(authority: Range<Int>?) throws(HTTPRefusal) {
        try interpretHost(authority)
        try interpretLength()
        try interpretExpectation()
        isKeptAlive =
            isVersion11
            ? !list("connection", contains: "close")
            : list("connection", contains: "keep-alive")
                && !list("connection", contains: "close")
    }

    private mutating func interpretHost(_ authority: Range<Int>?) throws(HTTPRefusal) {
        for field in fields where isNamed(field, "host") {
            guard hostRange == nil else { throw .malformed("there are two Host fields") }
            hostRange = field.value
        }
        guard hostRange != nil || !isVersion11 else { throw .malformed("there is no Host field") }
        for range in [hostRange, authority].compactMap({ $0 }) {
            guard withBytes(range, Self.isHost) else { throw .malformed("the host is malformed") }
        }
        hostRange = authority ?? hostRange
    }

    /// Returns whether bytes are a name or an address, and perhaps a port.
    @safe private static func isHost(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.byte(at: 0) else { return false }
        let end: Int
        if first == 0x5B {
            guard let bracket = bytes.offset(of: 0x5D), bracket > 1,
                unsafe bytes.part(1..<bracket).allSatisfy({
                    HTTPCharacters.hexadecimal($0) != nil || $0 == 0x3A || $0 == 0x2E
                })
            else { return false }
            end = bracket + 1
        } else {
            end = bytes.offset(of: 0x3A) ?? bytes.count
            guard end > 0, unsafe bytes.part(..<end).allSatisfy(HTTPCharacters.isHostName) else {
                return false
            }
        }
        guard end < bytes.count else { return true }
        let port = bytes.part((end + 1)...)
        return unsafe bytes.byte(at: end) == 0x3A && port.count <= 5
            && port.allSatisfy(HTTPCharacters.isDigit)
    }

    // MARK: - The body

    private mutating func interpretLength() throws(HTTPRefusal) {
        let (lengths, codings) = (count(of: "content-length"), count(of: "transfer-encoding"))
        guard lengths == 0 || codings == 0 else {
            throw .malformed("there are both Content-Length and Transfer-Encoding")
        }
        if codings > 0 { return try interpretCoding() }
        // Two that are the same as well: something between may have read only one of them.
        guard lengths <= 1 else { throw .malformed("there are two Content-Length fields") }
        guard let field = fields.first(where: { isNamed($0, "content-length") }) else { return }
        let digits = bytes[field.value]
        guard !digits.isEmpty, digits.allSatisfy(HTTPCharacters.isDigit) else {
            throw .malformed("the Content-Length is not a number")
        }
        var length = 0
        for digit in digits {
            // Past any limit, however large.
            length = min(length, 1 << 50) * 10 + Int(digit - 0x30)
        }
        framing = length == 0 ? .none : .counted(length)
    }

    private mutating func interpretCoding() throws(HTTPRefusal) {
        guard isVersion11 else {
            throw .malformed("HTTP/1.0 has no Transfer-Encoding")
        }
        var (elements, others) = (0, 0)
        forEachElement(of: "transfer-encoding") {
            elements += 1
            if !Self.equals($0, "chunked") { others += 1 }
        }
        guard others == 0 else {
            throw HTTPRefusal(.notImplemented, "the only transfer coding here is chunked")
        }
        guard elements == 1, count(of: "transfer-encoding") == 1 else {
            throw .malformed("the Transfer-Encoding is not chunked, once")
        }
        framing = .chunked
    }

    private mutating func interpretExpectation() throws(HTTPRefusal) {
        guard let field = fields.first(where: { isNamed($0, "expect") }), isVersion11 else {
            return
        }
        let isKnown =
            count(of: "expect") == 1
            && withBytes(field.value) { Self.equals($0, "100-continue") }
        guard isKnown else {
            throw HTTPRefusal(.expectationFailed, "the only expectation here is 100-continue")
        }
        expectsContinue = framing != .none
    }
}
