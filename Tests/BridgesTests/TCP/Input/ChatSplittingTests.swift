import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Law 8: any input, split at any byte, gives the same messages.
@Suite(.timeLimit(.minutes(10))) struct ChatSplittingTests {
    @Test(arguments: Seeded.some)
    func `any input split at any byte gives the same lines`(seed: UInt64) async throws {
        var random = Seeded(seed)
        let host = try await ChatHost { $0.options.maxLine = 64 }
        let probe = try await host.client()
        let bytes = Self.input(using: &random)
        let expected = try await lines([bytes], on: host, probe)
        #expect(expected.count > 5)
        for index in stride(from: 1, to: bytes.count, by: 5) {
            let halves = [Array(bytes[..<index]), Array(bytes[index...])]
            let seen = try await lines(halves, on: host, probe)
            #expect(seen == expected, "split at \(index)")
            if seen != expected { return }
        }
        #expect(try await lines(bytes.map { [$0] }, on: host, probe) == expected)
    }

    /// Returns the lines that a client reads if it sends pieces, each read by the server before the
    /// next.
    private func lines(
        _ pieces: [[UInt8]], on host: ChatHost, _ probe: ChatClient
    ) async throws -> [String] {
        let client = try await host.client()
        for piece in pieces {
            try client.send(piece)
            // The loop takes its events in the order in which they come.
            if pieces.count > 1 { try await probe.barrier() }
        }
        return try await client.rest()
    }

    /// A few lines of every kind, then the end.
    private static func input(using random: inout Seeded) -> [UInt8] {
        let kinds = [
            "hola\n", "ana: qué tal\r\n", "\n", "\r\n", "//barra\n", "/who\n", "/nick eva\n",
            "/nick ana\n", "eva: sí\n", "bob: no\n", "漢字👩\n", "\u{1B}[2Jx\u{2028}y\n",
            "\(String(repeating: "x", count: 64))\n", "\(String(repeating: "x", count: 64))\r\n",
            "\(String(repeating: "x", count: 65))\n", "\(String(repeating: "y", count: 64))\rz\n",
            "\(String(repeating: "ñ", count: 40))\n", "/msg ana hola\n", "/reply ana vale\n",
            "\r\r\n", "ana se ha unido al chat.\n",
        ]
        // A message to answer; otherwise one of another split would be answered.
        var bytes = Array("ana: para empezar\n".utf8)
        for _ in 0..<12 {
            var line = Array(kinds[Int.random(in: 0..<kinds.count, using: &random)].utf8)
            if random.chance(15) {
                let place = Int.random(in: 0..<line.count, using: &random)
                line.insert(UInt8.random(in: 0x80...0xFF, using: &random), at: place)
            }
            bytes += line
        }
        return bytes + Array("/quit\n".utf8)
    }
}
