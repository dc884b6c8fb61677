import JSON
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebBridge

/// Messages that programs read by HTTP.
@Suite(.timeLimit(.minutes(10))) struct APIReadingTests {
    /// A host with a room in which something was said, with joins between; and the numbers of the
    /// texts.
    private func host(
        texts: Int, store: any MessageStore = VolatileStore()
    ) async throws -> (WebHost, SocketClient, [Int64]) {
        let host = try await WebHost(store: store)
        let ana = try await host.client("ana")
        var numbers: [Int64] = []
        for number in 1...max(1, texts) {
            try ana.say("text \(number)", id: "\(number)")
            let own = try await ana.until { $0["id"].string == "\(number)" }.last ?? .null
            numbers.append(own["number"].integer ?? -1)
        }
        return (host, ana, numbers)
    }

    @Test func `rooms are listed with their last number and their people`() async throws {
        let (host, _, numbers) = try await host(texts: 2)
        let answer = try await host.ask("GET", "/api/rooms")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.headers["content-security-policy"] != nil)
        let rooms = answer.json.elements
        #expect(rooms.map { $0["name"].string } == ["general", "otra"])
        #expect(rooms.map { $0["people"].integer } == [1, 0])
        #expect(rooms[0]["last"].integer == numbers[1])
    }

    @Test(arguments: [true, false])
    func `pages have what was asked for, the oldest first`(isStored: Bool) async throws {
        let (host, ana, numbers) = try await host(
            texts: 12, store: isStored ? MemoryStore() : VolatileStore())
        // A notice behind the last text counts as nothing.
        try ana.send(#"{"type":"rename","name":"eva"}"#)
        try await ana.until("ok rename ok")
        func page(_ query: String) async throws -> ([Int64], Bool) {
            let answer = try await host.ask("GET", "/api/rooms/general/messages\(query)")
            #expect(answer.status == 200, "\(answer.body.text)")
            return (answer.numbers, answer.json["isComplete"].isTrue)
        }
        #expect(try await page("") == (numbers, true))
        #expect(try await page("?count=5") == (Array(numbers.suffix(5)), false))
        #expect(try await page("?count=12") == (numbers, true))
        #expect(
            try await page("?before=\(numbers[4])&count=3") == (Array(numbers[1..<4]), false))
        #expect(
            try await page("?before=\(numbers[4])&count=4") == (Array(numbers[0..<4]), true))
        #expect(
            try await page("?after=\(numbers[4])&count=3") == (Array(numbers[5..<8]), false))
        #expect(
            try await page("?after=\(numbers[4])&count=7") == (Array(numbers[5...]), true))
        #expect(
            try await page("?after=\(numbers[4])&before=\(numbers[8])")
                == (Array(numbers[5..<8]), true))
        #expect(try await page("?after=\(numbers[11])") == ([], true))
        #expect(try await page("?after=99999") == ([], true))
        #expect(try await page("?before=0") == ([], true))
    }

    @Test func `what can't be asked is refused in JSON`() async throws {
        let (host, _, _) = try await host(texts: 1)
        for query in ["after=x", "count=501", "wait=61s", "limit=1", "after=1&after=2"] {
            let answer = try await host.ask("GET", "/api/rooms/general/messages?\(query)")
            #expect(answer.status == 400 && answer.code == "bad-arguments", "\(query)")
            #expect(answer.json["text"].nonEmptyString != nil)
        }
        let unknown = try await host.ask("GET", "/api/rooms/nada/messages")
        #expect(unknown.status == 404 && unknown.code == "unknown-room")
        #expect(try await host.ask("GET", "/api/nada").status == 404)
        #expect(try await host.ask("GET", "/nada.html").status == 404)
        let method = try await host.ask("DELETE", "/api/rooms/general/messages")
        #expect(method.status == 405)
        let allowed = method.headers["allow"]?.split(separator: ",").map {
            $0.filter { $0 != " " }
        }
        #expect(Set(allowed ?? []).isSuperset(of: ["GET", "HEAD", "POST"]))
        let foreign = try await host.ask("GET", "/api/rooms", ["Host: evil.example"])
        #expect(foreign.status == 421)
        #expect(try await host.ask("GET", "/api/rooms", ["Host: 127.0.0.1:1"]).status == 200)
    }

    @Test func `HEAD answers like GET without a body`() async throws {
        let (host, _, _) = try await host(texts: 1)
        for path in ["/api/rooms", "/api/rooms/general/messages", "/", "/api/openapi.json"] {
            let client = try HTTPClient(port: host.port)
            try client.send("GET", path)
            let get = try await client.answer()
            try client.send("HEAD", path)
            let head = try await client.answer()
            #expect(head.status == 200 && head.body == [])
            #expect(head.headers["content-length"] == get.headers["content-length"])
            #expect(head.headers["content-type"] == get.headers["content-type"])
        }
        let client = try HTTPClient(port: host.port)
        try client.send("HEAD", "/api/rooms/general/events")
        let stream = try await client.head()
        #expect(stream.headers["content-type"] == "text/event-stream")
        #expect(stream.headers["content-length"] == nil)
        // The connection can be used again.
        try client.send("GET", "/api/rooms")
        #expect(try await client.answer().status == 200)
    }

    @Test func `the description of the API is JSON and names every path`() async throws {
        let host = try await WebHost()
        let answer = try await host.ask("GET", "/api/openapi.json")
        #expect(answer.json["openapi"].string?.hasPrefix("3.1") == true)
        #expect(answer.json["paths"].isObject)
        let tag = try #require(answer.headers["etag"])
        let again = try await host.ask("GET", "/api/openapi.json", ["If-None-Match: \(tag)"])
        #expect(again.status == 304 && again.body == [])
    }

    // MARK: - Waiting

    @Test func `a wait is answered by the next message`() async throws {
        let (host, ana, numbers) = try await host(texts: 1)
        let client = try HTTPClient(port: host.port)
        try client.send("GET", "/api/rooms/general/messages?after=\(numbers[0])&wait=30s")
        let other = try HTTPClient(port: host.port)
        try other.send("GET", "/api/rooms/general/messages?wait=30s")
        try await host.settleRequests()
        try ana.say("next", id: "n")
        let answer = try await client.answer()
        #expect(answer.texts == ["next"] && answer.json["isComplete"] == true)
        #expect(try await other.answer().texts == ["next"])
    }

    @Test func `notices neither answer a wait nor hide what comes with them`() async throws {
        let (host, _, numbers) = try await host(texts: 1)
        let tom = try await host.chat("tom")
        // A notice stands behind the number already.
        let client = try HTTPClient(port: host.port)
        try client.send("GET", "/api/rooms/general/messages?after=\(numbers[0])&count=1&wait=30s")
        try await host.settleRequests()
        // A notice and a text of the same turn.
        let eve = try ChatClient(port: host.chatPort)
        try eve.send("eve: hello\n")
        let answer = try await client.answer()
        #expect(answer.texts == ["hello"] && answer.json["isComplete"] == true)
        _ = try await tom.barrier()
    }

    @Test func `a wait ends after its time, and when the daemon stops`() async throws {
        let (host, _, numbers) = try await host(texts: 1)
        let path = "/api/rooms/general/messages?after=\(numbers[0])"
        let client = try HTTPClient(port: host.port)
        try client.send("GET", "\(path)&wait=30s")
        let longer = try HTTPClient(port: host.port)
        try longer.send("GET", "\(path)&wait=60s")
        try await host.settleRequests()
        await host.pass(seconds: 30)
        let answer = try await client.answer()
        #expect(answer.status == 200 && answer.texts == [] && answer.json["isComplete"] == true)
        try await host.stop {
            let last = try await longer.answer()
            #expect(last.texts == [])
        }
    }

    @Test func `what is there already is answered without waiting`() async throws {
        let (host, _, numbers) = try await host(texts: 3)
        let answer = try await host.ask(
            "GET", "/api/rooms/general/messages?after=\(numbers[0])&wait=60s")
        #expect(answer.numbers == Array(numbers.dropFirst()))
    }

    // MARK: - Streams

    @Test(arguments: [true, false])
    func `a stream of events goes on behind a number, exactly once`(isStored: Bool) async throws {
        let (host, ana, numbers) = try await host(
            texts: 10, store: isStored ? MemoryStore() : VolatileStore())
        let client = try HTTPClient(port: host.port)
        try client.send(
            "GET", "/api/rooms/general/events", ["Last-Event-ID: \(numbers[3])"])
        let (status, headers) = try await client.head()
        #expect(status == 200 && headers["content-type"] == "text/event-stream")
        let old = try await client.events(through: Int(numbers[9]))
        #expect(old.filter { $0.hasPrefix("id:") } == numbers[4...].map { "id: \($0)" })
        try ana.say("new", id: "new")
        let own = try await ana.until { $0["id"] == "new" }.last?["number"].integer ?? 0
        let new = try await client.events(through: Int(own))
        #expect(new.prefix(2) == ["id: \(own)", "event: message"])
        #expect(new.count == 3)
        let json = JSONReader.read(Array((new.last ?? "").dropFirst(6).utf8)) ?? .null
        #expect(json["text"] == "new" && json["number"].integer == own)
    }

    @Test func `a stream says what is kept no longer`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        let long = String(repeating: "😀", count: 3_500)
        var last: Int64 = 0
        for number in 1...400 {
            try ana.say(long, id: "\(number)")
            let own = try await ana.until { $0["id"].string == "\(number)" }.last ?? .null
            last = own["number"].integer ?? 0
        }
        let client = try HTTPClient(port: host.port)
        try client.send("GET", "/api/rooms/general/events", ["Last-Event-ID: 1"])
        _ = try await client.head()
        let lines = try await client.events(through: Int(last))
        #expect(lines.first == "event: skipped")
        let ids = lines.filter { $0.hasPrefix("id:") }
        #expect(ids.last == "id: \(last)" && Set(ids).count == ids.count)
        let json = JSONReader.read(Array(lines[1].dropFirst(6).utf8)) ?? .null
        #expect(Int(json["count"].integer ?? 0) + ids.count >= Int(last) - 1)
    }

    @Test func `a stream that is not read is carried on from the store`() async throws {
        let host = try await WebHost(store: MemoryStore()) {
            $0.buffer = .kibibytes(64)
            // TCP_USER_TIMEOUT goes by the real clock, and this machine may be busy.
            $0.stalledAfter = .seconds(3_600)
        }
        let ana = try await host.client("ana")
        let client = try HTTPClient(port: host.port, receiveBuffer: 4_096)
        try client.send("GET", "/api/rooms/general/events")
        _ = try await client.head()
        let long = String(repeating: "x", count: 3_500)
        var numbers: [Int64] = []
        for number in 1...1_500 {
            try ana.say(long, id: "\(number)")
            let own = try await ana.until { $0["id"].string == "\(number)" }.last ?? .null
            numbers.append(own["number"].integer ?? -1)
        }
        let lines = try await client.events(through: Int(numbers.last ?? 0))
        #expect(lines.filter { $0.hasPrefix("id:") } == numbers.map { "id: \($0)" })
    }

    @Test func `a stream begins now without a number, and a wrong one is 400`() async throws {
        let (host, ana, _) = try await host(texts: 3)
        let client = try HTTPClient(port: host.port)
        try client.send("GET", "/api/rooms/general/events")
        #expect(try await client.head().status == 200)
        try ana.say("new", id: "new")
        let own = try await ana.until { $0["id"] == "new" }.last?["number"].integer ?? 0
        let new = try await client.events(through: Int(own))
        #expect(new.count == 3)
        for wrong in ["x", "-1", "1.5", "+1", "", "9007199254740992"] {
            let answer = try await host.ask(
                "GET", "/api/rooms/general/events", ["Last-Event-ID: \(wrong)"])
            #expect(answer.status == 400 && answer.code == "bad-arguments", "\(wrong)")
        }
        #expect(try await host.ask("GET", "/api/rooms/nada/events").status == 404)
    }

    @Test func `a stream is commented every 15 s and ended by the stop`() async throws {
        let (host, _, _) = try await host(texts: 1)
        let client = try HTTPClient(port: host.port)
        try client.send("GET", "/api/rooms/general/events")
        _ = try await client.head()
        await host.pass(seconds: 30)
        let comments = try await client.socket.read { bytes, _ in
            bytes.text.split(separator: ":").count >= 3 ? true : nil
        }
        #expect(comments)
        try await host.stop {
            let isEnded = try await client.socket.read { _, isAtEnd in isAtEnd ? true : nil }
            #expect(isEnded)
        }
    }
}
