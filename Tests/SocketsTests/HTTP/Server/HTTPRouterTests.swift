import Testing

@testable import Sockets

/// The way from a request to its answer: routes, queries, types, and what is served as it is.
@Suite struct HTTPRouterTests {
    /// The head of a request.
    static func head(_ line: String, _ fields: String = "") throws -> HTTPRequestHead {
        let text = "\(line) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n"
        var parser = HTTPRequestParser()
        let head = try Array(text.utf8).withUnsafeBytes { bytes -> HTTPRequestHead? in
            var input = bytes
            guard case .head(let head) = try parser.next(&input) else { return nil }
            return head
        }
        return try #require(head)
    }

    private let peer = HTTPPeer(
        address: SocketAddress(), isForwarded: false, isEncrypted: false, isSecure: true)

    /// The decision about a request, in words.
    private func route(_ line: String) throws -> String {
        let router = HTTPRouter { .text($0.status, $0.reason) }
        router.add(.get, "/") { _ in }
        router.add(.get, "/api/rooms/:room/messages", maxBody: 1) { _ in }
        router.add(.post, "/api/rooms/:room/messages", maxBody: 2) { _ in }
        router.add(.delete, "/café/:a/:b", maxBody: 3) { _ in }
        switch router.admit(try Self.head(line), from: peer) {
        case .read(let maxBody): return "\(maxBody)"
        case .answer(let response):
            let allow = response.fields.first { "\($0.name)" == "Allow" }
            return "\(response.status.code)\(allow.map { " \($0.value)" } ?? "")"
        }
    }

    @Test func `a request finds its route, or learns what there is`() throws {
        #expect(try route("GET /") == "65536")
        #expect(try route("GET /?a") == "65536")
        #expect(try route("GET /api/rooms/general/messages") == "1")
        #expect(try route("HEAD /api/rooms/a%2Fb/messages?x=1") == "1")
        #expect(try route("POST /api/rooms/general/messages") == "2")
        #expect(try route("DELETE /caf%C3%A9/a/b") == "3")
        #expect(try route("PUT /api/rooms/x/messages") == "405 GET, HEAD, OPTIONS, POST")
        #expect(try route("DANCE /") == "405 GET, HEAD, OPTIONS")
        #expect(try route("OPTIONS /") == "204 GET, HEAD, OPTIONS")
        #expect(try route("OPTIONS *") == "204 GET, HEAD, OPTIONS, POST")
        for path in ["/api", "//", "/api/rooms//messages", "/api/rooms/x/messages/", "/../"] {
            #expect(try route("GET \(path)") == "404", "\(path)")
        }
        for path in ["/%", "/%4", "/%zz", "/%00", "/%ff", "/api/rooms/%C3/messages"] {
            #expect(try route("GET \(path)") == "400", "\(path)")
        }
    }

    @Test func `a query is decoded, and a name comes once`() throws {
        let query = try HTTPQuery(Self.head("GET /?after=5&q=a+b%26c&flag&=x&caf%C3%A9=%2B"))
        #expect(query["after"] == "5" && query["q"] == "a b&c" && query["flag"] == "")
        #expect(query["café"] == "+" && query["none"] == nil)
        #expect(query.names == ["after", "q", "flag", "", "café"])
        #expect(try HTTPQuery(Self.head("GET /")).names == [])
        for bad in ["a=1&a=2", "a=1&%61=2", "%", "a=%C3", "a=%00"] {
            let head = try Self.head("GET /?\(bad)")
            #expect(throws: HTTPRefusal.self) { try HTTPQuery(head) }
        }
    }

    @Test func `a body has the type that is wanted`() throws {
        for (field, isRight) in [
            ("application/json", true), ("Application/JSON; charset=utf-8", true),
            ("text/plain", false), ("application/jsonx", false),
            ("application/json\r\nContent-Type: application/json", false),
        ] {
            let head = try Self.head("POST /", "Content-Type: \(field)\r\n")
            var status = 200
            do throws(HTTPRefusal) {
                try head.requireContentType("application/json")
            } catch { status = error.status.code }
            #expect(status == (isRight ? 200 : 415), "\(field)")
        }
    }

    @Test func `gzip is sent to who accepts it`() throws {
        for (value, isAccepted) in [
            ("gzip", true), ("br, GZIP;q=0.5", true), ("gzip;q=0", false), ("gzip; q=0.000", false),
            ("gzip;q=0.001", true), ("*", true), ("*;q=0", false), ("*, gzip;q=0", false),
            ("identity", false), ("", false), ("*;q=0, gzip", true),
        ] {
            let head = try Self.head("GET /", "Accept-Encoding: \(value)\r\n")
            #expect(AcceptEncoding.allowsGzip(head) == isAccepted, "\(value)")
        }
        #expect(!AcceptEncoding.allowsGzip(try Self.head("GET /")))
    }

    @Test func `an asset has a tag for each of its forms, and is not sent twice`() throws {
        let bytes = Array(String(repeating: "hola ", count: 500).utf8)
        let asset = StaticAsset(bytes, contentType: "text/html; charset=utf-8")
        let plain = asset.response(to: try Self.head("GET /"))
        #expect(plain.status == .ok && plain.body == bytes)
        func field(_ name: String, _ response: HTTPResponse) -> String? {
            response.fields.first { "\($0.name)" == name }?.value
        }
        let tag = try #require(field("ETag", plain))
        #expect(tag.hasPrefix("\"") && field("Vary", plain) != nil)
        let accept = "Accept-Encoding: gzip\r\n"
        let gzip = asset.response(to: try Self.head("GET /", accept))
        #expect(gzip.body.starts(with: [0x1F, 0x8B]) && gzip.body.count < 200)
        #expect(field("Content-Encoding", gzip) == "gzip")
        let gzipTag = try #require(field("ETag", gzip))
        #expect(gzipTag != tag)
        for (condition, encoding, status) in [
            (tag, "", 304), ("W/\(tag)", "", 304), ("\"x\", \(tag)", "", 304), ("*", "", 304),
            (gzipTag, "", 200), (gzipTag, accept, 304), (tag, accept, 200), ("\"x\"", "", 200),
        ] {
            let head = try Self.head("GET /", "If-None-Match: \(condition)\r\n\(encoding)")
            let response = asset.response(to: head)
            #expect(response.status.code == status, "\(condition)")
            #expect(response.body.isEmpty == (status == 304))
            #expect(field("ETag", response) != nil)
        }
        let short = StaticAsset([1, 2, 3], contentType: "image/png")
        #expect(short.response(to: try Self.head("GET /", accept)).body == [1, 2, 3])
    }
}
