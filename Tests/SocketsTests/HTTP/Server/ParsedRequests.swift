import Sockets

/// The requests in some bytes, in words: `GET /a?b (host) 5 "hello"`, and the status with which it
/// ended, if it did.
struct ParsedRequests: Equatable, CustomStringConvertible {
    private(set) var words: [String] = []
    private var parser = HTTPRequestParser()
    private var body: [UInt8] = []
    private var line = ""
    /// The limit that is set for each body; `nil` for the usual one.
    var maxBody: Int?

    static func == (left: ParsedRequests, right: ParsedRequests) -> Bool {
        left.words == right.words && left.line == right.line && left.body == right.body
    }

    var description: String {
        (words + (line.isEmpty ? [] : ["\(line) …"])).joined(separator: "\n")
    }

    /// Parses bytes that come at once.
    init(_ bytes: [UInt8] = [], maxBody: Int? = nil) {
        self.maxBody = maxBody
        feed(bytes)
    }

    init(_ text: String, maxBody: Int? = nil) { self.init(Array(text.utf8), maxBody: maxBody) }

    /// Parses bytes that come in pieces.
    init(_ bytes: [UInt8], cutAt cuts: [Int], maxBody: Int? = nil) {
        self.maxBody = maxBody
        var start = 0
        for cut in cuts + [bytes.count] {
            feed(Array(bytes[start..<cut]))
            start = cut
        }
    }

    /// True if the bytes ended in the middle of a request, or in front of one that has not begun.
    var isIncomplete: Bool { !line.isEmpty }

    mutating func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var input = bytes
            do throws(HTTPRefusal) {
                while let event = try parser.next(&input) { add(event) }
            } catch {
                if words.last?.hasPrefix("refused") != true {
                    words.append("refused \(error.status.code)")
                }
                line = ""
            }
        }
    }

    private mutating func add(_ event: HTTPRequestParser.Event) {
        switch event {
        case .head(let head):
            let query = head.query.map { "?\($0)" } ?? ""
            line = "\(head) \(query)(\(head.host ?? "-"))\(head.isKeptAlive ? "" : " closes")"
            line += head.expectsContinue ? " expects" : ""
            if let maxBody { parser.maxBody = maxBody }
        case .body(let piece): body += piece
        case .end:
            words.append(
                "\(line) \(body.count) \"\(String(decoding: body.prefix(40), as: UTF8.self))\"")
            (line, body) = ("", [])
        }
    }

    /// Parses bytes whole, byte by byte, and split at each index; returns each result that differs
    /// from the first.
    static func every(_ bytes: [UInt8]) -> (ParsedRequests, others: [String]) {
        let whole = ParsedRequests(bytes)
        var others: [String] = []
        let single = ParsedRequests(bytes, cutAt: Array(bytes.indices.dropFirst()))
        if single != whole { others.append("byte by byte: \(single)") }
        for cut in bytes.indices where bytes.count < 2_000 {
            let split = ParsedRequests(bytes, cutAt: [cut])
            if split != whole { others.append("cut at \(cut): \(split)") }
        }
        return (whole, others)
    }
}
