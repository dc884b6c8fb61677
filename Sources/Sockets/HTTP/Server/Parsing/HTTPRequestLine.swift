/// The first line of a request, as places in the bytes of its head.
struct HTTPRequestLine {
    let method: HTTPMethod
    let methodRange: Range<Int>
    private(set) var pathRange: Range<Int>
    private(set) var queryRange: Range<Int>?
    /// The host and the port of a target in absolute form.
    private(set) var authorityRange: Range<Int>?
    /// True if the target is `*`.
    private(set) var isAboutServer = false
    let isVersion11: Bool

    /// Reads a line; appends a path to the bytes if an absolute target has none.
    init(_ bytes: inout [UInt8], _ line: Range<Int>) throws(HTTPRefusal) {
        guard let first = bytes[line].firstIndex(of: 0x20), first > line.lowerBound,
            let second = bytes[(first + 1)..<line.upperBound].firstIndex(of: 0x20)
        else { throw .malformed("the request line is not a method, a target and a version") }
        methodRange = line.lowerBound..<first
        guard bytes[methodRange].allSatisfy(HTTPCharacters.isToken) else {
            throw .malformed("the method is not a token")
        }
        method = unsafe bytes.withUnsafeBytes {
            HTTPMethod($0.part(line.lowerBound..<first))
        }
        isVersion11 = try Self.isVersion11(bytes[(second + 1)..<line.upperBound])
        pathRange = (first + 1)..<second
        guard !pathRange.isEmpty, bytes[pathRange].allSatisfy(HTTPCharacters.isTarget) else {
            throw .malformed("the target contains a byte that must be percent-encoded, or is empty")
        }
        try readTarget(&bytes)
    }

    private static func isVersion11(_ text: ArraySlice<UInt8>) throws(HTTPRefusal) -> Bool {
        let at = text.startIndex
        guard text.count == 8, text.starts(with: "HTTP/".utf8), text[at + 6] == 0x2E,
            HTTPCharacters.isDigit(text[at + 5]), HTTPCharacters.isDigit(text[at + 7])
        else { throw .malformed("the request line does not end with a version") }
        switch (text[at + 5], text[at + 7]) {
        case (0x31, 0x31): return true
        case (0x31, 0x30): return false
        default:
            throw HTTPRefusal(.versionNotSupported, "this server speaks HTTP/1.1 and HTTP/1.0")
        }
    }

    private mutating func readTarget(_ bytes: inout [UInt8]) throws(HTTPRefusal) {
        if bytes[pathRange.lowerBound] == 0x2A, pathRange.count == 1, method == .options {
            isAboutServer = true
            return
        }
        if bytes[pathRange.lowerBound] != 0x2F { try readAuthority(bytes) }
        if let mark = bytes[pathRange].firstIndex(of: 0x3F) {
            queryRange = (mark + 1)..<pathRange.upperBound
            pathRange = pathRange.lowerBound..<mark
        }
        if pathRange.isEmpty {
            bytes.append(0x2F)
            pathRange = (bytes.count - 1)..<bytes.count
        }
    }

    /// Reads the scheme and the host of an absolute target (RFC 9112, 3.2.2).
    private mutating func readAuthority(_ bytes: [UInt8]) throws(HTTPRefusal) {
        let target = bytes[pathRange]
        let scheme = ["http://", "https://"].first { scheme in
            target.count > scheme.utf8.count
                && zip(target, scheme.utf8).allSatisfy { HTTPCharacters.lowercase($0) == $1 }
        }
        guard let scheme else { throw .malformed("the target does not begin with /") }
        let start = target.startIndex + scheme.utf8.count
        let end =
            target[start...].firstIndex { $0 == 0x2F || $0 == 0x3F } ?? target.endIndex
        authorityRange = start..<end
        pathRange = end..<target.endIndex
    }
}
