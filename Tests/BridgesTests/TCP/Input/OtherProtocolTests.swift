import Testing

@testable import Chat
@testable import TCPBridge

@Suite struct OtherProtocolTests {
    private func meaning(_ line: String, isFirst: Bool = true) -> String? {
        Array(line.utf8).withUnsafeBytes { OtherProtocol(line: $0, isFirst: isFirst)?.name }
    }

    @Test(arguments: [
        "GET / HTTP/1.1", "get / http/1.1", "POST /x?y=1 HTTP/1.0", "OPTIONS * HTTP/1.1",
        "GET http://localhost:2000/ HTTP/1.1", "CONNECT example.org:443 HTTP/1.1",
        "PRI * HTTP/2.0", "BREW /pot HTTP/1.1", "x-y /z HTTP/1.1", "GET / HTTP/1.1\r", "GET /",
        "  GET  /  HTTP/1.1  ", "GET\t/\tHTTP/1.1", "GET HTTP/1.1", "GET foo HTTP/1.1",
        "BREW foo HTTP/1.1", "GET /a b HTTP/1.1", "GET / HTT", "POST /x", "DELETE /x HTTP/3",
        "OPTIONS sip:bob@example.org SIP/2.0", "REGISTER sip:example.org SIP/2.0",
        "DESCRIBE rtsp://example.org/x RTSP/1.0", "OPTIONS * RTSP/1.0", "CONNECT localhost:22",
        "\u{FEFF}GET / HTTP/1.1", "\0GET / HTTP/1.1", "HTTP/1.1 200 OK", "HEAD / HTTP/1.1",
        "REQMOD icap://example.org/x ICAP/1.0", "GET * HTTP/1.1", "M-SEARCH * HTTP/1.1",
    ])
    func `a request line is one in any case and form`(line: String) {
        #expect(meaning(line) == "HTTP")
        #expect(meaning(line, isFirst: false) == "HTTP")
    }

    @Test(arguments: [
        "", "hola", "ana: hola", "ana: GET / HTTP/1.1", "Ana María: HTTP/1.1", "Ana: uso HTTP/1.1",
        "get up", "Ana Pérez: me gusta HTTP/1.1", "post data", "/nick GET", "/help",
        "¡hola HTTP/1.1",
        "ana se ha unido al chat.", "head: hola", "ana maría: /who", "hola /quien", "patch day",
        "Host: hola a todos", "options: GET", "ana : hola", "<ana> hola", "get: / HTTP/1.1",
    ])
    func `a line of the chat is no request`(line: String) { #expect(meaning(line) == nil) }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.6", "SSH"), ("ssh-1.99-x", "SSH"), ("EHLO mail.example.org", "SMTP"),
        ("helo x", "SMTP"), ("EHLO", "SMTP"), ("MAIL FROM:<a@b>", "SMTP"),
        ("mail from: <a@b>", "SMTP"),
        ("Host: localhost:2000", "HTTP"), ("host: example.org", "HTTP"),
        ("Host: localhost", "HTTP"),
        ("User-Agent: curl/8", "HTTP"), ("Cookie: session=1", "HTTP"),
        ("sec-fetch-mode: x", "HTTP"),
        ("Content-Type: text/plain", "HTTP"), ("Authorization: Basic x", "HTTP"),
        ("RCPT TO:<a@b>", "SMTP"), ("STARTTLS", "SMTP"), ("LHLO x", "SMTP"),
    ])
    func `other protocols are recognised by the first line only`(line: String, name: String) {
        #expect(meaning(line) == name)
        #expect(meaning(line, isFirst: false) == nil)
    }

    @Test(arguments: [
        "Cookie: ¿qué tal?", "Host: buenas", "Sec: hola", "Accept: vale", "ssh-x", "SSH: hola",
        "helo: hola", "mail: hola", "ehlo2 x", "helofoo", "mail x",
    ])
    func `names that look like requests stay names`(line: String) { #expect(meaning(line) == nil) }

    @Test func `the first bytes show what no text begins with`() {
        #expect(OtherProtocol.beginning(0x16, 0x03) == .other(.tls))
        #expect(OtherProtocol.beginning(0x16, nil) == .undecided)
        #expect(OtherProtocol.beginning(0x16, 0x41) == .text)
        #expect(OtherProtocol.beginning(0x04, 0x01) == .other(.socks4))
        #expect(OtherProtocol.beginning(0x05, nil) == .other(.socks5))
        for byte in [0x00, 0x0A, 0x0D, 0x1B, 0x20, 0x41, 0xC3, 0xEF, 0xFF] as [UInt8] {
            #expect(OtherProtocol.beginning(byte, 0x03) == .text)
        }
    }

    @Test func `every beginning of a request with a path may become one`() {
        for line in ["GET / HTTP/1.1", "BREW /pot HTTP/1.1", "OPTIONS * HTTP/1.1", "get /"] {
            for count in 1...line.utf8.count where !line.hasPrefix("BREW") || count > 4 {
                let half = Array(line.utf8.prefix(count))
                let mayBegin = half.withUnsafeBytes { OtherProtocol.mayBecomeRequest($0) }
                #expect(mayBegin, "\(line) \(count)")
            }
        }
        for line in [
            "ana: ", "hola", "ana: hola /x", "/nick ana", "", "¡", "HOLA", "ANA", "Hola ", "Geta",
            "GETana: hola", "HOLA ana: hola", "HOLAHOLA",
        ] {
            #expect(
                !Array(line.utf8).withUnsafeBytes { OtherProtocol.mayBecomeRequest($0) }, "\(line)")
        }
    }

    @Test func `a request line that is too long is recognised by its beginning`() {
        func isHTTP(_ line: String) -> Bool {
            Array(line.utf8).withUnsafeBytes { OtherProtocol(tooLong: $0) } != nil
        }
        #expect(isHTTP("GET /" + String(repeating: "x", count: 200)))
        #expect(isHTTP("brew http://" + String(repeating: "x", count: 200)))
        #expect(!isHTTP("ana: " + String(repeating: "x", count: 200)))
        #expect(!isHTTP(String(repeating: "x", count: 200)))
    }
}
