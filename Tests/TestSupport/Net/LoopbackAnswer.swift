/// The answer to one request to a port of this machine, on a connection of its own.
package struct LoopbackAnswer: Sendable {
    /// The status code; 0 if it has none.
    package let status: Int
    /// The header, names in lower case.
    package let head: String
    /// The body.
    package let body: [UInt8]

    /// The body as text.
    package var text: String { body.text }

    /// Sends a request and waits for the end of the answer.
    package init(
        _ method: String, _ path: String, _ fields: [String] = [], body: String = "",
        host: String = "localhost", port: UInt16
    ) async throws {
        let socket = try LoopbackSocket(port: port)
        let lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)", "Connection: close"] + fields
        try socket.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n\(body)").utf8))
        self.init(try await socket.read { bytes, isAtEnd in isAtEnd ? bytes : nil })
    }

    /// Reads an answer that has come whole.
    package init(_ bytes: [UInt8]) {
        let text = bytes.text
        head = String(text[..<(text.firstRange(of: "\r\n\r\n")?.lowerBound ?? text.endIndex)])
            .lowercased()
        status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
        body = Array(bytes.dropFirst(head.utf8.count + 4))
    }
}
