import IRC
import Sockets
import TestSupport
import Testing

@testable import IRCServerBridge

/// The parts that need no server.
@Suite struct PartsTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_795_979_110_123, "2026-11-29T19:05:10.123Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func `a time is written and read`(milliseconds: Int64, text: String) {
        #expect(ServerTime.text(Timestamp(milliseconds: milliseconds)) == text)
        #expect(ServerTime.read(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "*", "now", "2026-11-29", "2026-13-29T19:05:10Z", "2026-11-29T25:05:10Z",
        "2026-11-29T19:05:10.Z ", "2026-11-29T19:05:10.1234Z",
    ])
    func `what is no time is none`(text: String) {
        #expect(ServerTime.read(text) == nil)
    }

    @Test func `a marker beyond the bound replaces the one with the oldest time`() throws {
        let markers = ReadMarkers(on: try EventLoop())
        for number in 0..<200 {
            let time = Timestamp(milliseconds: 1_000 - Int64(number))
            #expect(markers.move("c\(number)", to: time, .client(1)) == time)
        }
        #expect(markers.move("new", to: 5, .client(1)) == 5)
        #expect(markers.marker(of: "new", .client(1)) == 5)
        #expect(markers.marker(of: "c199", .client(1)) == nil)
        #expect(markers.marker(of: "c198", .client(1)) == 802)
        #expect(markers.move("new", to: 4, .client(1)) == 5)
    }

    @Test func `lines are the same wherever the bytes are cut`() {
        let tagged = "@a=\(String(repeating: "b", count: 4_092)) PING x"
        let text =
            "NICK ana\r\n\r\nUSER\n\(String(repeating: "x", count: 600))\n\(tagged)\r\nQUIT\n"
        let bytes = Array(text.utf8)
        func lines(_ pieces: [ArraySlice<UInt8>]) -> [InputLines.Line] {
            var input = InputLines()
            var result: [InputLines.Line] = []
            for piece in pieces {
                Array(piece).withUnsafeBytes { input.append($0) }
                while let line = input.next() { result.append(line) }
            }
            return result
        }
        let whole = lines([bytes[...]])
        #expect(
            whole == [
                .line(Array("NICK ana".utf8)), .line(Array("USER".utf8)), .tooLong,
                .line(Array(tagged.utf8)), .line(Array("QUIT".utf8)),
            ])
        #expect(lines(bytes.indices.map { bytes[$0...$0] }) == whole)
        for index in stride(from: 0, to: bytes.count, by: 7) {
            #expect(lines([bytes[..<index], bytes[index...]]) == whole)
        }
    }

    @Test func `a flood without an end of line costs no memory`() {
        var input = InputLines()
        var refusals = 0
        let piece = [UInt8](repeating: 0x61, count: 16 << 10)
        for _ in 0..<100 {
            piece.withUnsafeBytes { input.append($0) }
            while let line = input.next() { if line == .tooLong { refusals += 1 } }
        }
        #expect(refusals == 1)
        Array("\nPING x\n".utf8).withUnsafeBytes { input.append($0) }
        #expect(input.next() == .line(Array("PING x".utf8)))
    }

    @Test func `pieces of a text are never cut inside a character`() {
        let text = Array("ñandú 😀😀\n\nfin".utf8)
        for budget in 1...20 {
            text.withUnsafeBytes { bytes in
                var pieces = TextPieces(of: bytes)
                var joined: [UInt8] = []
                var isFirst = true
                while let piece = pieces.next(within: budget) {
                    if !piece.isContinuation, !isFirst { joined.append(0x0A) }
                    isFirst = false
                    let part = Array(bytes[piece.range])
                    #expect(String(validating: part, as: UTF8.self) != nil)
                    joined += part
                }
                #expect(joined == text)
            }
        }
    }

    @Test func `a SASL message comes in pieces`() {
        var exchange = SASLExchange()
        exchange.begin()
        #expect(exchange.append("YQBhAGI=") == .complete(name: "a", password: Array("b".utf8)))
        exchange.begin()
        #expect(exchange.append("!") == .malformed)
        exchange.begin()
        #expect(exchange.append(String(repeating: "A", count: 401)) == .tooLong)
        exchange.begin()
        let piece = String(repeating: "A", count: 400)
        #expect((0..<3).map { _ in exchange.append(piece) } == [.more, .more, .more])
        #expect(exchange.append(piece) == .malformed)
        #expect(!exchange.isOpen)
    }

    @Test(arguments: [
        ("ana", "ana"), ("Ana María", "Ana_María"), ("Ana (telegram)", "Ana/telegram"),
        ("a/b", "a_b"), ("+1", "_+1"), ("x, y (a b)", "x__y/a_b"), ("~ana", "_~ana"),
    ])
    func `a name becomes a nick`(name: String, nick: String) {
        #expect(NickRules.nick(for: name) == nick)
        #expect(NickRules.isChoosable(name) == (name == nick))
    }
}
