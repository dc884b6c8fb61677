import Sockets

extension FuzzTarget {
    /// Requests of HTTP/1.1 on one connection, one after the other.
    static let http = FuzzTarget("http") { input in
        let input = CutInput(input)
        let whole = RequestReading([input.bytes])
        try require(
            RequestReading(input.pieces) == whole
                && RequestReading(input.bytes.map { [$0] }) == whole,
            "requests are read the same however they are cut")
        for head in whole.heads { try RequestLaws.check(head) }
        try require(
            whole.longestBody <= HTTPRequestParser.usualMaxBody, "a body has no more than its limit"
        )
    }
}

/// The requests in some pieces of bytes.
private struct RequestReading: Equatable {
    private(set) var heads: [HTTPRequestHead] = []
    private(set) var longestBody = 0
    private var words: [String] = []
    private var body: [UInt8] = []
    private var isBetween = false

    init(_ pieces: [[UInt8]]) {
        var parser = HTTPRequestParser()
        for piece in pieces {
            piece.withUnsafeBytes { bytes in
                var input = bytes
                do throws(HTTPRefusal) {
                    while let event = try parser.next(&input) { add(event) }
                } catch {
                    // It says the same again with each piece.
                    let word = "refused \(error.status.code) \(error.reason)"
                    if words.last != word { words.append(word) }
                }
            }
        }
        isBetween = parser.isBetweenRequests
    }

    private mutating func add(_ event: HTTPRequestParser.Event) {
        switch event {
        case .head(let head):
            heads.append(head)
            words.append("\(head) \(head.query ?? "-") \(head.host ?? "-") \(head.isKeptAlive)")
        case .body(let piece):
            body += piece
            longestBody = max(longestBody, body.count)
        case .end:
            words.append("\(body)")
            body = []
        }
    }

    static func == (one: RequestReading, other: RequestReading) -> Bool {
        one.words == other.words && one.body == other.body && one.isBetween == other.isBetween
    }
}

/// The laws for a request that was not refused.
private enum RequestLaws {
    static func check(_ head: HTTPRequestHead) throws {
        try require(head.host != nil || !head.isVersion11, "a request of HTTP/1.1 has a host")
        try require(
            head.path.utf8.first == UInt8(ascii: "/") || head.isAboutServer,
            "a path begins with a slash")
        let lengths = head.count(of: "content-length")
        let codings = head.count(of: "transfer-encoding")
        try require(lengths + codings <= 1, "a body has one length")
        switch head.framing {
        case .none: try require(codings == 0, "chunks are a body")
        case .counted(let count): try require(count > 0 && lengths == 1, "a body is counted")
        case .chunked: try require(codings == 1 && head.isVersion11, "a body comes in chunks")
        }
        for text in [head.path, head.query ?? "", head.host ?? ""] {
            try require(
                text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F },
                "a target and a host have neither spaces nor controls")
        }
        _ = try? HTTPQuery(head)
        _ = head.elements(of: "accept-encoding")
        _ = OriginList.none.allows(head["origin"], host: head.host, isEncrypted: false)
    }
}
