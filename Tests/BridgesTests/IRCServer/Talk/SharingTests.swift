import MessageBus
import TestSupport
import Testing

@testable import IRCServerBridge

/// Bytes that clients share, and the fate of clients that don't read.
@Suite(.timeLimit(.minutes(10))) struct SharingTests {
    /// Sets of capabilities that differ in what is encoded.
    private static let sets = [
        "", "server-time", "message-tags", "account-tag", "extended-join",
        "server-time message-tags",
        "server-time account-tag", "message-tags account-tag", "server-time extended-join",
        "message-tags extended-join",
    ]

    @Test func `ten sets of capabilities read the same, eight of them shared`() async throws {
        let host = try await IRCHost()
        var clients: [IRCTestClient] = []
        for (index, set) in Self.sets.enumerated() {
            clients.append(try await host.client("c\(index)", set))
        }
        let chat = try await host.chat("bob")
        try chat.send("hola\n")
        for client in clients {
            let line = try #require(try await client.until(":hola").last)
            #expect(line.hasSuffix(":bob!tcp@tcp PRIVMSG #general :hola"))
        }
        // Another set while reading.
        try clients[0].send("CAP REQ :server-time", "CAP REQ :-server-time")
        try await clients[0].barrier()
        try chat.send("otra\n")
        for client in clients { _ = try await client.until(":otra") }
        try await host.stop()
    }

    @Test func `a client that does not read is told what it missed`() async throws {
        let host = try await IRCHost {
            $0.buffer = .kibibytes(64)
            // The kernel goes by the real time, of which a busy machine needs much.
            $0.stalledAfter = .seconds(3_600)
        }
        let slow = try await host.client("slow", receiveBuffer: 4_096)
        let chat = try await host.chat("bob")
        let line = String(repeating: "x", count: 400)
        for index in 0..<12_000 {
            try chat.send("\(index) \(line)\n")
            if index % 50 == 49 { try await chat.barrier() }
        }
        try await chat.barrier()
        var (texts, missed) = (0, 0)
        while let read = try await slow.line() {
            if read.contains("[skipped] ") {
                missed += Int(read.split(separator: " ").last ?? "") ?? 0
            } else if read.hasPrefix(":bob!tcp@tcp PRIVMSG") {
                texts += 1
                if read.contains(" :11999 ") { break }
            }
        }
        #expect(missed > 0)
        #expect(texts + missed == 12_000)
        try await host.stop()
    }

    @Test func `a client that lags is carried on from the store`() async throws {
        let host = try await IRCHost(store: MemoryStore()) {
            $0.buffer = .kibibytes(64)
            $0.stalledAfter = .seconds(3_600)
        }
        let slow = try await host.client("slow", "message-tags", receiveBuffer: 4_096)
        let chat = try await host.chat("bob")
        let line = String(repeating: "x", count: 600)
        for index in 0..<1_000 {
            try chat.send("\(index) \(line)\n")
            if index % 50 == 49 { try await chat.barrier() }
        }
        try await chat.barrier()
        var next = 0
        while next < 1_000, let read = try await slow.line() {
            if read.contains("PRIVMSG #general :\(next) ") { next += 1 }
            #expect(!read.contains("[skipped]"))
        }
        #expect(next == 1_000)
        try await host.stop()
    }

    @Test func `a WebSocket carries a line in each frame`() async throws {
        let host = try await IRCHost { $0.websocket = .network(host: "127.0.0.1", port: 0) }
        let chat = try await host.chat("bob")
        let socket = try LoopbackSocket(port: host.webPort)
        let head = [
            "GET / HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: text.ircv3.net",
        ]
        try socket.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        for line in ["NICK ana", "USER a 0 * :Ana", "JOIN #general", "PRIVMSG #general :hola"] {
            // Masked with zeros.
            try socket.send([0x81, 0x80 | UInt8(line.utf8.count), 0, 0, 0, 0] + line.utf8)
        }
        #expect(try await chat.until("ana: hola"))
        try chat.send("buenas\n")
        let frame = Array(":bob!tcp@tcp PRIVMSG #general :buenas".utf8)
        let found = try await socket.read { bytes, isAtEnd -> Bool? in
            let expected = [0x81, UInt8(frame.count)] + frame
            guard bytes.count >= expected.count else { return isAtEnd ? false : nil }
            let isThere = (0...bytes.count - expected.count).contains {
                bytes[$0...].starts(with: expected)
            }
            return isThere ? true : isAtEnd ? false : nil
        }
        #expect(found)
        try await host.stop()
    }
}

extension ChatClient {
    /// Reads until a line, and returns true if it came.
    fileprivate func until(_ expected: String) async throws -> Bool {
        while let line = try await line() { if line == expected { return true } }
        return false
    }
}
