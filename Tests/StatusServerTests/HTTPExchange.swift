import Glibc
import JSON
import Sockets
import TestSupport

/// One request to a port of this machine on a connection of its own, and its answer.
struct HTTPExchange: Sendable {
    let status: Int
    /// The header, names in lower case.
    let head: String
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { JSONReader.read(body) ?? .null }

    /// Milliseconds for which a read waits before the test has failed.
    private static let patience: Int32 = 20_000 * Sanitizer.slowdown

    /// Sends a request and waits for the end of the answer, on a thread of its own.
    init(
        _ method: String, _ path: String, _ fields: [String] = [], host: String = "localhost",
        port: UInt16
    ) async throws {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)", "Connection: close"] + fields
        let request = lines.joined(separator: "\r\n") + "\r\n\r\n"
        let bytes = try await DedicatedThread.run(named: "request") {
            Result { try Self.exchange(Array(request.utf8), port: port) }
        }.get()
        let text = String(decoding: bytes, as: UTF8.self)
        let end = text.range(of: "\r\n\r\n")
        head = String(text[..<(end?.lowerBound ?? text.endIndex)]).lowercased()
        status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
        body = Array(bytes.dropFirst(head.utf8.count + 4))
    }

    private static func exchange(_ request: [UInt8], port: UInt16) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SocketError("connect") }
        _ = request.withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        var received: [UInt8] = []
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, patience) > 0 else { throw SocketError("read") }
            var part = [UInt8](repeating: 0, count: 64 << 10)
            let count = recv(descriptor, &part, part.count, 0)
            if count <= 0 { return received }
            received += part[..<count]
        }
    }
}

extension String {
    fileprivate func range(of other: String) -> Range<String.Index>? { firstRange(of: other) }
}
