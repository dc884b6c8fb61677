import Testing

/// Requests that a proxy in front may read in another way: each has one meaning here, or none.
@Suite struct HTTPSmugglingTests {
    private static let host = "Host: h\r\n"
    private static let post = "POST / HTTP/1.1\r\n\(host)"
    private static let hidden = "GET /hidden HTTP/1.1\r\n\(host)\r\n"

    @Test(arguments: [
        // Both lengths, in either order.
        (post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n" + hidden, 400),
        // Two lengths, the same or not, in one line or two.
        (post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: 5, 5\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: 5,6\r\n\r\nhello" + hidden, 400),
        // Lengths that some read as numbers.
        (post + "Content-Length: +5\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: -5\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: 0x5\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: 5 5\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: 5.0\r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: \r\n\r\nhello" + hidden, 400),
        (post + "Content-Length: 5\u{B}\r\n\r\nhello" + hidden, 400),
        // Names that some trim.
        (post + "Content-Length : 5\r\n\r\nhello" + hidden, 400),
        (post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "Transfer-Encoding\u{0}: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        // Codings that some take for chunked, and others for none.
        (post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden, 501),
        (post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden, 501),
        (post + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden, 501),
        (post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + hidden, 501),
        (post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + hidden, 501),
        (post + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n" + hidden, 501),
        (post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        (
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + hidden, 400
        ),
        (
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + hidden,
            501
        ),
        (post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "Transfer-Encoding: ,\r\n\r\n0\r\n\r\n" + hidden, 400),
        (post + "Transfer-Encoding: \u{B}chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        ("POST / HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, 400),
        // Two hosts, or two requests in one line.
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1 GET /hidden HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /\u{B}HTTP/1.1 HTTP/1.1\r\n\(host)\r\n", 400),
        // Header and body that some see end elsewhere.
        (post + "\n" + hidden, 400),
        (post + "Content-Length: 5\r\n\n\r\nhello" + hidden, 400),
    ])
    func `an ambiguous request is refused, and nothing behind it is read`(
        text: String, status: Int
    ) {
        let (whole, others) = ParsedRequests.every(Array(text.utf8))
        #expect(whole.words == ["refused \(status)"])
        #expect(others == [])
    }

    @Test(arguments: [
        // Chunks whose ends some do not check.
        "5\r\nhello0\r\n\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5;\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "5 ;x\r\nhello\r\n0\r\n\r\n",
        "0_5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nX : y\r\n\r\n",
    ])
    func `an ambiguous chunk is refused, and nothing behind it is read`(chunks: String) {
        let text = Self.post + "Transfer-Encoding: chunked\r\n\r\n" + chunks + Self.hidden
        let (whole, others) = ParsedRequests.every(Array(text.utf8))
        #expect(whole.words == ["refused 400"])
        #expect(others == [])
    }

    @Test func `what has one meaning has it here too`() {
        for (fields, body, words) in [
            ("Content-Length: 0\r\n", "", "POST / (h) 0 \"\""),
            ("Content-Length: 005\r\n", "hello", "POST / (h) 5 \"hello\""),
            ("content-LENGTH:5\r\n", "hello", "POST / (h) 5 \"hello\""),
            ("Transfer-Encoding: , chunked ,\r\n", "0\r\n\r\n", "POST / (h) 0 \"\""),
            ("Content_Length: 5\r\n", "", "POST / (h) 0 \"\""),
        ] {
            let text = Self.post + fields + "\r\n" + body + Self.hidden
            #expect(ParsedRequests(text).words == [words, "GET /hidden (h) 0 \"\""])
        }
    }
}
