import Sockets
import TestSupport
import Testing

/// Random requests in random pieces, against what each must be answered with.
@Suite(.timeLimit(.minutes(10))) struct HTTPServerRandomTests {
    /// A request and the answer that is expected.
    private struct Sample {
        let bytes: [UInt8]
        let isHead: Bool
        let status: Int
        let body: String
    }

    private func sample(_ index: Int, _ random: inout Seeded) -> Sample {
        let path = "/\(index)"
        let text = String(repeating: "x", count: Int.random(in: 0...60, using: &random))
        let shown = "\(text.utf8.count) \(text.prefix(20))\n"
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            return Sample(
                bytes: Array("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n".utf8), isHead: false,
                status: 200, body: "GET \(path) 0 \n")
        case 1:
            return Sample(
                bytes: Array("\r\nHEAD \(path) HTTP/1.1\r\nHost: h\r\n\r\n".utf8), isHead: true,
                status: 200, body: "")
        case 2:
            return Sample(
                bytes: Array("GET /refused HTTP/1.1\r\nHost: h\r\n\r\n".utf8), isHead: false,
                status: 404, body: "nothing\n")
        case 3:
            let head =
                "POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: \(text.utf8.count)\r\n\r\n"
            return Sample(
                bytes: Array((head + text).utf8), isHead: false, status: 200,
                body: "POST \(path) \(shown)")
        default:
            var chunks = ""
            var rest = text[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...20, using: &random))
                rest = rest.dropFirst(part.count)
                chunks += "\(String(part.utf8.count, radix: 16));a=b\r\n\(part)\r\n"
            }
            let head = "POST \(path) HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            return Sample(
                bytes: Array((head + chunks + "0\r\nA: b\r\n\r\n").utf8), isHead: false,
                status: 200, body: "POST \(path) \(shown)")
        }
    }

    @Test(arguments: Seeded.some)
    func `answers come in order, however the requests are cut`(seed: UInt64) async throws {
        var random = Seeded(seed)
        // Some answers come in a later turn.
        let isLate = random.chance(50)
        let box = LoopBox()
        let host = try HTTPServerHost { exchange in
            guard isLate, exchange.body.count % 2 == 1, let loop = box.loop else {
                return HTTPServerHost.echo(exchange)
            }
            let exchange = exchange
            loop.perform { HTTPServerHost.echo(exchange) }
        }
        box.loop = host.loop
        let client = try host.connect()
        let samples = (0..<40).map { sample($0, &random) }
        var rest = samples.flatMap(\.bytes)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...200, using: &random))
            rest = rest.dropFirst(piece.count)
            try client.send(Array(piece))
            if random.chance(70) { await host.settle() }
        }
        client.finishSending()
        for sample in samples {
            let answer = try #require(
                try await ReceivedResponse(from: client, isHead: sample.isHead))
            #expect(answer.status == sample.status)
            #expect(answer.body == sample.body)
        }
        #expect(try await client.rest() == [])
    }

    /// Carries the loop to a handler that is made before it.
    private final class LoopBox: @unchecked Sendable {  // set before the first request
        var loop: EventLoop?
    }
}
