@testable import Chat
@testable import Sockets

/// Lines as events; one that begins with `!` is a violation.
struct LineInput: ParsedInput {
    private var bytes: [UInt8] = []

    var hasMore: Bool { bytes.contains(0x0A) }

    mutating func append(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

    mutating func next() throws(WebSocketViolation) -> String? {
        guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
        defer { bytes.removeFirst(end + 1) }
        if bytes.first == UInt8(ascii: "!") {
            throw WebSocketViolation(code: .protocolError, reason: "!")
        }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    mutating func removeAll() { bytes = [] }
}
