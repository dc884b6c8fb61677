import Sockets
import TestSupport
import Testing

/// Requests from bytes, in pieces of any size.
@Suite(.timeLimit(.minutes(10))) struct HTTPRequestParserTests {
    /// Expects what becomes of bytes, however they are split.
    private func expect(_ text: String, _ words: [String], line: Int = #line) {
        let (whole, others) = ParsedRequests.every(Array(text.utf8))
        #expect(whole.words == words, "line \(line)")
        #expect(others == [], "line \(line)")
    }

    @Test func `a request has a method, a target, fields and a body`() {
        expect(
            "GET /a/b?c=d HTTP/1.1\r\nHost: example.org:80\r\nX: y\r\n\r\n",
            ["GET /a/b ?c=d(example.org:80) 0 \"\""])
        expect(
            "POST / HTTP/1.1\r\nHost:h\r\nContent-Length: \t5 \r\n\r\nhello",
            ["POST / (h) 5 \"hello\""])
        expect("GET /?a?b HTTP/1.1\r\nHost: h\r\n\r\n", ["GET / ?a?b(h) 0 \"\""])
        expect("GET /? HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", ["GET / ?([::1]:80) 0 \"\""])
        expect("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", ["OPTIONS * (h) 0 \"\""])
        expect("DANCE / HTTP/1.1\r\nHost: h\r\n\r\n", ["DANCE / (h) 0 \"\""])
    }

    @Test func `requests follow one another, with empty lines between them`() {
        let get = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
        let post = "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
        expect(
            get + post + "\r\n\r\n" + get,
            ["GET /1 (h) 0 \"\"", "POST /2 (h) 2 \"ab\"", "GET /1 (h) 0 \"\""])
    }

    @Test func `an absolute target says the host`() {
        expect(
            "GET http://a.example:81/x HTTP/1.1\r\nHost: b\r\n\r\n",
            ["GET /x (a.example:81) 0 \"\""])
        expect("GET HTTPS://a?q HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", ["GET / ?q(a) 0 \"\""])
        expect("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / (a) 0 \"\""])
        for target in ["http://", "http:///x", "http://u@a/", "ftp://a/", "//", "a", "a:443", "*"] {
            let text = "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n"
            expect(text, [target == "//" ? "GET // (a) 0 \"\"" : "refused 400"])
        }
    }

    @Test func `HTTP 1.0 needs no host, keeps nothing alive, and knows no expectation`() {
        expect("GET / HTTP/1.0\r\n\r\n", ["GET / (-) closes 0 \"\""])
        expect(
            "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\nHost: h\r\n\r\n", ["GET / (h) 0 \"\""])
        expect(
            "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx",
            ["POST / (-) closes 1 \"x\""])
        expect(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: a , CLOSE\r\n\r\n",
            ["GET / (h) closes 0 \"\""])
    }

    @Test func `an expectation is met or refused`() {
        let head = "POST / HTTP/1.1\r\nHost: h\r\n"
        expect(
            head + "Content-Length: 1\r\nExpect: 100-Continue\r\n\r\nx",
            ["POST / (h) expects 1 \"x\""])
        expect(head + "Expect: 100-continue\r\n\r\n", ["POST / (h) 0 \"\""])
        expect(head + "Expect: 200-ok\r\n\r\n", ["refused 417"])
        expect(head + "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", ["refused 417"])
    }

    @Test func `chunks are put together, without extensions and trailers`() {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
        expect(
            head + "5\r\nhello\r\n1;a=b; c=\"d\"\r\n,\r\n0a\r\n0123456789\r\n000\r\nX: y\r\n\r\n",
            ["POST / (h) 16 \"hello,0123456789\""])
        expect(
            head + "0\r\n\r\n" + head + "1\r\nx\r\n0\r\n\r\n",
            [
                "POST / (h) 0 \"\"", "POST / (h) 1 \"x\"",
            ])
        for bad in [
            "x\r\n", "\r\n", "-1\r\n", "0x5\r\n", "5 \r\n", " 5\r\n", "5\nhello", "5\r\nhello!\r\n",
            "5\r\nhello\n0\r\n", "5\r\nhello\r\r\n", "5\rhello", "5;\u{1}\r\n", "5;a\n",
            "FFFFFFFFFFFFFFFFF\r\n", "5;\(String(repeating: "x", count: 300))\r\n",
            "0\r\nX y\r\n\r\n", "0\r\n X: y\r\n\r\n", "0\r\n\n", "0\r\nX: y\n\r\n",
        ] {
            expect(head + bad, ["refused 400"])
        }
    }

    @Test func `bodies have a limit, and extensions and trailers too`() {
        let counted = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
        let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        let most = String(repeating: "x", count: 65_536)
        #expect(
            ParsedRequests(counted + "65536\r\n\r\n" + most).words.first?.contains("65536") == true)
        expect(counted + "65537\r\n\r\n", ["refused 413"])
        expect(counted + "99999999999999999999999999999999\r\n\r\n", ["refused 413"])
        #expect(ParsedRequests(chunked + "10000\r\n\(most)\r\n0\r\n\r\n").words.count == 1)
        #expect(ParsedRequests(chunked + "10000\r\n\(most)\r\n1\r\n").words == ["refused 413"])
        expect(chunked + "10001\r\n", ["refused 413"])
        expect(chunked + "FFFFFFFF\r\n", ["refused 413"])
        #expect(ParsedRequests(counted + "3\r\n\r\nabc", maxBody: 3).words.count == 1)
        #expect(ParsedRequests(counted + "4\r\n\r\n", maxBody: 3).words == ["refused 413"])
        let one = "1;\(String(repeating: "e", count: 200))\r\nx\r\n"
        let many = chunked + String(repeating: one, count: 50)
        #expect(ParsedRequests(many).words == ["refused 400"])
        let trailer = chunked + "0\r\n" + String(repeating: "X: 3456\r\n", count: 1_000)
        expect(trailer, ["refused 431"])
    }

    @Test func `a header has at most 8 KiB`() {
        let start = "GET / HTTP/1.1\r\nHost: h\r\nX: "
        let room = 8_192 - start.utf8.count - 4
        let fits = start + String(repeating: "x", count: room) + "\r\n\r\n"
        expect(fits, ["GET / (h) 0 \"\""])
        expect(start + String(repeating: "x", count: room + 1) + "\r\n\r\n", ["refused 431"])
        let many = "GET / HTTP/1.1\r\n" + String(repeating: "X: 3456\r\n", count: 1_000)
        expect(many, ["refused 431"])
        expect("GET /\(String(repeating: "x", count: 9_000))", ["refused 414"])
        expect(
            "GET /\(String(repeating: "x", count: 8_175)) HTTP/1.1\r\nHost: h\r\n", ["refused 431"])
        expect(String(repeating: "X", count: 9_000), ["refused 431"])
        expect(String(repeating: "\r\n", count: 5_000), ["refused 431"])
    }

    @Test func `only versions 1_1 and 1_0 are spoken`() {
        for version in ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/9.9"] {
            expect("GET / \(version)\r\nHost: h\r\n\r\n", ["refused 505"])
        }
        expect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ["refused 505"])
        for version in ["HTTP/11", "HTTP/1.", "http/1.1", "HTTP/1.1 ", "HTTP/1.10", "HTTP /1.1"] {
            expect("GET / \(version)\r\nHost: h\r\n\r\n", ["refused 400"])
        }
        expect("GET /\r\n\r\n", ["refused 400"])
    }

    @Test(arguments: [
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /  HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\\ HTTP/1.1\r\nHost: h\r\n\r\n", "GET /ñ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "\n", "\u{16}", "ana: hola\r\n",
        "GET / HTTP/1.1\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n\n", "GET / HTTP/1.1\rHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{7F}b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n : b\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX(: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : h\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h, i\r\n\r\n", "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h:x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "GET / HTTP/1.1\r\nHost: []\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\tfolded\r\n\r\n",
    ])
    func `what is malformed is refused`(text: String) { expect(text, ["refused 400"]) }

    @Test func `fields are found by their names, and lists by their elements`() throws {
        let text =
            "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: a, WebSocket\r\nX: 1\r\nUPGRADE: b,,c \r\n\r\n"
        var parser = HTTPRequestParser()
        let head = try Array(text.utf8).withUnsafeBytes { bytes -> HTTPRequestHead? in
            var input = bytes
            guard case .head(let head) = try parser.next(&input) else { return nil }
            return head
        }
        let found = try #require(head)
        #expect(found["upgrade"] == "a, WebSocket, b,,c")
        #expect(found["x"] == "1")
        #expect(found["y"] == nil)
        #expect(found.count(of: "upgrade") == 2)
        #expect(found.contains("x") && !found.contains("xx"))
        #expect(found.list("upgrade", contains: "websocket"))
        #expect(!found.list("upgrade", contains: "web"))
        #expect(found.elements(of: "upgrade") == ["a", "WebSocket", "b", "c"])
        #expect("\(found)" == "GET /")
    }

    /// Changes bytes at random, most often with something that means much here.
    private func mutate(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
        let special = Array("\r\n \t:;,0/\u{0}5aCcé".utf8)
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let index = bytes.indices.randomElement(using: &random) ?? 0
            let byte = special.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[index] = byte
            case 1: bytes.insert(byte, at: index)
            case 2: bytes.remove(at: index)
            default: bytes.removeSubrange(index..<min(bytes.count, index + 5))
            }
        }
        return bytes
    }

    @Test(arguments: Seeded.some)
    func `however requests are changed and split, they mean one thing`(seed: UInt64) {
        var random = Seeded(seed)
        let samples = [
            "GET /a?b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET / HTTP/1.0\r\n\r\n",
            "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        ]
        for round in 0..<(Sanitizer.isPresent ? 50 : 500) {
            let bytes = mutate(Array(samples[round % samples.count].utf8), &random)
            let whole = ParsedRequests(bytes)
            let single = ParsedRequests(bytes, cutAt: Array(bytes.indices.dropFirst()))
            #expect(single == whole)
            var cuts: [Int] = []
            for _ in 0..<3 { cuts.append(Int.random(in: 0...bytes.count, using: &random)) }
            #expect(ParsedRequests(bytes, cutAt: cuts.sorted()) == whole)
        }
    }
}
