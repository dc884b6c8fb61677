import JSON
import MessageBus
import Sockets
import Testing

@testable import WebBridge

@Suite struct MessageQueryTests {
    private func query(_ text: String) throws -> MessageQuery {
        let bytes = "GET /api/rooms/general/messages?\(text) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        var parser = HTTPRequestParser()
        let head = try Array(bytes.utf8).withUnsafeBytes { bytes -> HTTPRequestHead? in
            var input = bytes
            guard case .head(let head) = try parser.next(&input) else { return nil }
            return head
        }
        return try MessageQuery(try HTTPQuery(try #require(head)))
    }

    @Test func `everything may be left out`() throws {
        let query = try query("")
        #expect(query.after == nil && query.before == nil && query.wait == nil)
        #expect(query.count == 100)
    }

    @Test func `all fields are read`() throws {
        let query = try query("after=7&before=900&count=500&wait=30s")
        #expect(query.after == 7 && query.before == 900 && query.count == 500)
        #expect(query.wait == .seconds(30))
        #expect(try self.query("wait=60s").wait == .seconds(60))
        #expect(try self.query("wait=500ms").wait == .milliseconds(500))
    }

    @Test func `the description allows the waits that are taken`() throws {
        let json = try #require(JSONReader.read(PackageResources.openapi_json))
        let parameters = json["paths"]["/api/rooms/{room}/messages"]["get"]["parameters"].elements
        let wait = try #require(parameters.first { $0["name"] == "wait" })
        let pattern = try Regex(wait["schema"]["pattern"].string ?? "")
        for number in [0, 1, 2, 9, 10, 59, 60, 61, 99, 100, 9_999, 59_999, 60_000, 60_001] {
            for unit in ["ms", "s", "m"] {
                let text = "\(number)\(unit)"
                let isTaken = (try? query("wait=\(text)")) != nil
                #expect((text.wholeMatch(of: pattern) != nil) == isTaken, "\(text)")
            }
        }
    }

    @Test(arguments: [
        "after=", "after=x", "after=-1", "after=+1", "after=99999999999999999999",
        "before=9007199254740992", "before=1.5",
        "count=0", "count=501", "count=x", "wait=61s", "wait=x", "wait=-1s", "limit=4",
        "after=1&after=2",
    ])
    func `what can't be meant is refused`(text: String) {
        #expect(throws: (any Error).self) { try query(text) }
    }
}
