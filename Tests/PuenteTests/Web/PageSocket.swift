import Foundation
import Sockets
import TestSupport

/// A client of the web bridge's WebSocket: a blocking socket, and patience with an end.
///
/// Confined to the test that uses it: one call at a time.
final class PageSocket: @unchecked Sendable {  // see above
    private let descriptor: Int32
    private var bytes: [UInt8] = []

    /// Connects to a port of this machine and does the handshake.
    init(port: UInt16) async throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        var patience = timeval(tv_sec: Int(Patience.limit.components.seconds), tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let result = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SocketError("connect") }
        let head = """
            GET /ws HTTP/1.1\r
            Host: localhost\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Protocol: puente.1\r
            \r

            """
        try send(Array(head.utf8))
        let answer = try await read { bytes in
            String(decoding: bytes, as: UTF8.self).firstRange(of: "\r\n\r\n") == nil
                ? nil : bytes.count
        }
        guard answer.starts(with: "HTTP/1.1 101 ".utf8) else {
            throw SocketError("handshake", reason: String(decoding: answer, as: UTF8.self))
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Sends a text in one masked frame.
    func send(_ text: String) throws {
        let payload = Array(text.utf8)
        // A mask of zeros changes nothing, and is allowed to be one.
        let header: [UInt8] =
            payload.count < 126
            ? [0x81, 0x80 | UInt8(payload.count)]
            : [0x81, 0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        try send(header + [0, 0, 0, 0] + payload)
    }

    /// Returns the text of the next frame; of the frame that closes, `closed` and its status.
    func next() async throws -> String {
        let header = try await read { $0.count < 2 ? nil : 2 }
        var count = Int(header[1])
        if count == 126 {
            count = try await read { $0.count < 2 ? nil : 2 }.reduce(0) { $0 << 8 | Int($1) }
        }
        let wanted = count
        let payload = wanted == 0 ? [] : try await read { $0.count < wanted ? nil : wanted }
        if header[0] == 0x89 {
            // A ping, after half a minute: what answers it is no part of the conversation.
            try send([0x8A, 0x80, 0, 0, 0, 0])
            return try await next()
        }
        if header[0] == 0x88 {
            return "closed \(payload.prefix(2).reduce(0) { $0 << 8 | Int($1) })"
        }
        return String(decoding: payload, as: UTF8.self)
    }

    private func send(_ bytes: [UInt8]) throws {
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw SocketError("send")
        }
    }

    /// Returns the bytes at the front as soon as there are as many as `count` finds.
    private func read(_ count: @escaping @Sendable ([UInt8]) -> Int?) async throws -> [UInt8] {
        try await DedicatedThread.run(named: "page socket") {
            Result {
                var chunk = [UInt8](repeating: 0, count: 4_096)
                while true {
                    if let found = count(self.bytes) {
                        defer { self.bytes.removeFirst(found) }
                        return Array(self.bytes.prefix(found))
                    }
                    let received = recv(self.descriptor, &chunk, chunk.count, 0)
                    guard received > 0 else { throw SocketError("receive") }
                    self.bytes += chunk[..<received]
                }
            }
        }.get()
    }
}
