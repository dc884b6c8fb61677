import JSON
import Sockets
import TestSupport
import Testing

/// A connection for requests of HTTP/1.1, one after the other.
///
/// Confined to the test that uses it: one call at a time.
final class HTTPClient: @unchecked Sendable {  // see above
    let socket: LoopbackSocket
    private var method = ""

    /// Bytes of an event at most.
    private static let maxEventBytes = 40_000

    /// Connects.
    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        socket = try LoopbackSocket(port: port, receiveBuffer: receiveBuffer)
    }

    /// Sends a request; a `Host` among the headers replaces the usual one.
    func send(
        _ method: String, _ path: String, _ headers: [String] = [], body: String? = nil
    ) throws {
        self.method = method
        var lines = ["\(method) \(path) HTTP/1.1"]
        if !headers.contains(where: { $0.hasPrefix("Host:") }) { lines.append("Host: localhost") }
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if !headers.contains(where: { $0.hasPrefix("Content-Type:") }) {
                lines.append("Content-Type: application/json")
            }
        }
        let head = (lines + headers).joined(separator: "\r\n") + "\r\n\r\n"
        try socket.send(Array((head + (body ?? "")).utf8))
    }

    /// Returns the next answer, which must have a `Content-Length`.
    func answer() async throws -> HTTPAnswer {
        let (status, headers) = try await head()
        let length = method == "HEAD" ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
        let body: [UInt8] = try await socket.read { bytes, _ in
            guard bytes.count >= length else { return nil }
            defer { bytes.removeFirst(length) }
            return Array(bytes[..<length])
        }
        return HTTPAnswer(status: status, headers: headers, body: body)
    }

    /// Returns the status and the headers of the next answer.
    func head() async throws -> (status: Int, headers: [String: String]) {
        let head: String = try await socket.read { bytes, _ in
            let mark = Array("\r\n\r\n".utf8)
            guard bytes.count >= 4,
                let end = (0...bytes.count - 4).first(where: { bytes[$0...].starts(with: mark) })
            else { return nil }
            defer { bytes.removeFirst(end + 4) }
            return bytes[..<end].text
        }
        let lines = head.split(separator: "\r\n").map(String.init)
        let status = try #require(
            lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") })
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.last?.trimmingPrefix(" ").description
        }
        return (status, headers)
    }

    /// Returns the next server-sent events up to the one with a number, without comments and
    /// without the lines of chunks.
    func events(through number: Int) async throws -> [String] {
        try await socket.read { bytes, _ in
            // Only the end is looked at, as long as the event is not there.
            guard bytes.last == 10,
                bytes.suffix(Self.maxEventBytes).text.contains("\"number\":\(number),")
            else { return nil }
            let text = bytes.text.replacing("\r\n", with: "\n")
            bytes = []
            return text.split(separator: "\n").map(String.init).filter {
                $0.hasPrefix("id:") || $0.hasPrefix("event:") || $0.hasPrefix("data:")
            }
        }
    }
}
