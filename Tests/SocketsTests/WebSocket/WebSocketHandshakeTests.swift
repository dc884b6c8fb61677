import Testing

@testable import Sockets

/// The opening handshake.
@Suite struct WebSocketHandshakeTests {
    private static let fields = [
        "Host: h", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: other, puente.1", "Origin: http://h",
    ]

    /// Does a handshake with some fields replaced; the status, and the protocol or the reason.
    private func handshake(
        _ replaced: [String: String?] = [:], adding: [String] = [],
        line: String = "GET /ws HTTP/1.1"
    ) throws -> (Int, HTTPResponse?) {
        var lines = [line]
        for field in Self.fields {
            let name = String(field.prefix { $0 != ":" })
            let value = replaced[name] ?? field
            if let value { lines.append(value) }
        }
        let text = (lines + adding).joined(separator: "\r\n") + "\r\n\r\n"
        var parser = HTTPRequestParser()
        let head = try Array(text.utf8).withUnsafeBytes { bytes -> HTTPRequestHead? in
            var input = bytes
            guard case .head(let head) = try parser.next(&input) else { return nil }
            return head
        }
        let request = try #require(head)
        do throws(HTTPRefusal) {
            let done = try WebSocketHandshake(
                request, subprotocols: ["puente.2", "puente.1"]
            ) { $0 == nil || $0 == "http://h" }
            return (101, done.response)
        } catch {
            return (error.status.code, nil)
        }
    }

    @Test func `the sample of the RFC is answered as there`() throws {
        let (status, response) = try handshake()
        #expect(status == 101)
        let fields = try #require(response).fields
        #expect(
            fields.first { "\($0.name)" == "Sec-WebSocket-Accept" }?.value
                == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(fields.first { "\($0.name)" == "Sec-WebSocket-Protocol" }?.value == "puente.1")
        #expect(try handshake(["Origin": String?.none]).0 == 101)
        #expect(
            try handshake(["Connection": "Connection: upgrade", "Upgrade": "Upgrade: WebSocket"]).0
                == 101)
    }

    @Test(
        arguments: [
            ("Upgrade", nil, 426), ("Upgrade", "Upgrade: h2c", 426), ("Connection", nil, 426),
            ("Connection", "Connection: close", 426), ("Sec-WebSocket-Version", nil, 400),
            ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8", 426),
            ("Sec-WebSocket-Key", nil, 400), ("Sec-WebSocket-Key", "Sec-WebSocket-Key: abc", 400),
            ("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=x", 400),
            ("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub2!jZQ==", 400),
            ("Sec-WebSocket-Protocol", nil, 400),
            ("Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: other", 400),
            ("Origin", "Origin: http://evil.example", 403), ("Origin", "Origin: null", 403),
        ] as [(String, String?, Int)])
    func `another request is refused`(name: String, field: String?, status: Int) throws {
        #expect(try handshake([name: field]).0 == status)
    }

    @Test func `the method, the version, a body and doubled fields are refused too`() throws {
        #expect(try handshake(line: "POST /ws HTTP/1.1").0 == 400)
        #expect(try handshake(line: "GET /ws HTTP/1.0").0 == 400)
        #expect(try handshake(adding: ["Content-Length: 1"]).0 == 400)
        #expect(try handshake(adding: ["Sec-WebSocket-Version: 13"]).0 == 400)
        #expect(try handshake(adding: [Self.fields[3]]).0 == 400)
        #expect(try handshake(adding: ["Origin: http://h"]).0 == 403)
    }
}
