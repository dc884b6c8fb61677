import JSON
import MessageBus
import TestSupport
import Testing

@testable import WebBridge

/// A client that comes back with the number of the last event it has seen.
@Suite(.timeLimit(.minutes(10))) struct ResumingTests {
    private func numbers(_ messages: [JSON]) -> [Int64] {
        messages.compactMap { $0["room"] == "general" ? $0["number"].integer : nil }
    }

    /// Says texts, and returns their numbers.
    private func say(_ texts: [String], by bob: SocketClient) async throws -> [Int64] {
        var numbers: [Int64] = []
        for text in texts {
            let id = String(text.prefix(20))
            try bob.say(text, id: id)
            let own = try await bob.until { $0["id"].string == id }.last ?? .null
            numbers.append(own["number"].integer ?? -1)
        }
        return numbers
    }

    @Test(arguments: [true, false])
    func `each later event follows exactly once, then what is new`(isStored: Bool) async throws {
        let host = try await WebHost(store: isStored ? MemoryStore() : VolatileStore())
        let bob = try await host.client("bob")
        let said = try await say((1...20).map { "text \($0)" }, by: bob)
        var later: [Int64] = []
        for start in [0, 5, 19] {
            let reader = try await host.client(nil, rooms: #"{"general":\#(said[start])}"#)
            let new = try await say(["new \(start)"], by: bob)
            let messages = try await reader.until { $0["number"].integer == new[0] }
            #expect(numbers(messages) == Array(said.dropFirst(start + 1)) + later + new)
            #expect(messages.allSatisfy { $0["type"] != "skipped" })
            later += new
        }
    }

    @Test func `what the buffer no longer has comes from the store`() async throws {
        let host = try await WebHost(store: MemoryStore()) {
            $0.buffer = .kibibytes(64)
            // TCP_USER_TIMEOUT goes by the real clock, and this machine may be busy.
            $0.stalledAfter = .seconds(3_600)
        }
        let bob = try await host.client("bob")
        let long = String(repeating: "x", count: 3_000)
        let said = try await say((1...100).map { "\($0) \(long)" }, by: bob)
        let reader = try await host.client(nil, rooms: #"{"general":\#(said[0])}"#)
        let messages = try await reader.until { $0["number"].integer == said[99] }
        #expect(numbers(messages) == Array(said.dropFirst()))
        #expect(messages.allSatisfy { $0["type"] == "message" })
    }

    @Test func `what was said before a restart comes from the store`() async throws {
        let store = MemoryStore()
        let host = try await WebHost(store: store)
        let bob = try await host.client("bob")
        let said = try await say((1...10).map { "text \($0)" }, by: bob)
        try await host.stop()
        let next = try await WebHost(store: MemoryStore(store.disk))
        let eve = try await next.client("eve", rooms: #"{"general":\#(said[3])}"#)
        try eve.say("back", id: "1")
        let messages = try await eve.until { $0.brief == "eve: back" }
        #expect(
            messages.map(\.brief) == [
                "bob: text 5", "bob: text 6", "bob: text 7", "bob: text 8", "bob: text 9",
                "bob: text 10", "eve joins general", "eve: back",
            ])
        try await next.stop()
    }

    @Test func `who has seen what a crash has lost is told so`() async throws {
        let store = MemoryStore()
        let host = try await WebHost(store: store)
        let bob = try await host.client("bob")
        let said = try await say(["one", "two"], by: bob)
        let reader = try await host.client(nil)
        store.hold()
        try bob.say("lost", id: "lost")
        let seen = try await reader.until { $0.brief == "bob: lost" }.last?["number"].integer ?? 0
        func isLost(_ number: Int64, on host: WebHost) async throws -> JSON {
            let client = try await host.socket()
            try host.hello(client, nil, rooms: #"{"general":\#(number),"otra":null}"#)
            return try await client.next("welcome")["rooms"].elements.first?["isLost"] ?? .null
        }
        // The same daemon still has it, written or not.
        #expect(try await isLost(seen, on: host) == .null)
        let disk = store.disk
        store.release()
        try await host.stop()
        let next = try await WebHost(store: MemoryStore(disk))
        for number in said { #expect(try await isLost(number, on: next) == .null) }
        #expect(try await isLost(seen, on: next) == true)
        let eve = try await next.client("eve")
        let new = try await say(["lost"], by: eve)
        #expect(new[0] > seen)
        for number in said + new { #expect(try await isLost(number, on: next) == .null) }
        #expect(try await isLost(seen, on: next) == true)
        try await next.stop()
        // Whatever restarts come after.
        let last = try await WebHost(store: MemoryStore(disk))
        #expect(try await isLost(seen, on: last) == true)
        try await last.stop()
    }

    @Test func `each run has a word of its own`() async throws {
        var runs: Set<String> = []
        for _ in 0..<2 {
            let host = try await WebHost()
            for _ in 0..<2 {
                let client = try await host.socket()
                try host.hello(client, nil)
                runs.insert(try await client.next("welcome")["run"].string ?? "")
            }
            try await host.stop()
        }
        #expect(runs.count == 2)
    }

    @Test func `what is kept no longer is counted`() async throws {
        let host = try await WebHost(store: VolatileStore())
        let bob = try await host.client("bob")
        let long = String(repeating: "😀", count: 3_500)
        let said = try await say((1...400).map { "\($0) \(long)" }, by: bob)
        let reader = try await host.client(nil, rooms: #"{"general":\#(said[0])}"#)
        let messages = try await reader.until { $0["number"].integer == said[399] }
        let skipped = messages.filter { $0["type"] == "skipped" }
        let count = skipped.reduce(0) { $0 + ($1["count"].integer ?? 0) }
        let shown = numbers(messages.filter { $0["type"] == "message" })
        #expect(skipped.count > 0 && Int(count) + shown.count >= 399)
        #expect(shown == shown.sorted() && Set(shown).count == shown.count)
        #expect(shown.elementsEqual(said.suffix(shown.count)))
    }

    @Test func `what was removed for its age is counted, and the last number stays`() async throws {
        let store = MemoryStore()
        var host = try await WebHost(store: store)
        let bob = try await host.client("bob")
        let said = try await say((1...5).map { "text \($0)" }, by: bob)
        try await host.stop()
        var disk = store.disk
        let last = MessageNumber(rawValue: UInt64(said[4]))
        disk.messages.removeAll { $0.room == "general" && $0.number <= last }
        disk.removed["general"] = last
        host = try await WebHost(store: MemoryStore(disk))
        let reader = try await host.socket()
        try host.hello(reader, nil, rooms: #"{"general":\#(said[1])}"#)
        let welcome = try await reader.next("welcome")
        #expect(welcome["rooms"].elements.first?["last"].integer == said[4])
        #expect(try await reader.next("skipped")["count"].integer == said[4] - said[1])
        // Who has seen all has missed nothing.
        let other = try await host.client(nil, rooms: #"{"general":\#(said[4])}"#)
        let eve = try await host.client("eve")
        try await eve.until("eve joins general")
        #expect(try await other.until("eve joins general") == ["eve joins general"])
        try await host.stop()
    }

    @Test func `a number of the future is as good as the end`() async throws {
        let host = try await WebHost()
        let bob = try await host.client("bob")
        _ = try await say(["one"], by: bob)
        let reader = try await host.client(nil, rooms: #"{"general":999999}"#)
        _ = try await say(["two"], by: bob)
        #expect(try await reader.until("bob: two") == ["bob: two"])
    }

    @Test func `rooms resume each by its own number, and one without only what is new`()
        async throws
    {
        let host = try await WebHost()
        let bob = try await host.client("bob", rooms: #"{"general":null,"otra":null}"#)
        let said = try await say(["one", "two"], by: bob)
        try bob.say("other", id: "other", in: "otra")
        try await bob.until("bob: other")
        let reader = try await host.client(nil, rooms: #"{"general":\#(said[0]),"otra":null}"#)
        try bob.say("end", id: "end", in: "otra")
        #expect(Set(try await reader.until("bob: end")) == ["bob: two", "bob: end"])
        #expect(try await reader.barrier() == [])
    }

    @Test func `a reader that does not read is carried on from the store`() async throws {
        let host = try await WebHost(store: MemoryStore()) {
            $0.buffer = .kibibytes(64)
            // TCP_USER_TIMEOUT goes by the real clock, and this machine may be busy.
            $0.stalledAfter = .seconds(3_600)
        }
        let bob = try await host.client("bob")
        let slow = try await host.client(nil, receiveBuffer: 4_096)
        let long = String(repeating: "x", count: 3_500)
        let said = try await say((1...1_500).map { "\($0) \(long)" }, by: bob)
        let messages = try await slow.until { $0["number"].integer == said.last }
        let shown = messages.filter { $0["type"] == "message" }
        #expect(numbers(shown) == said)
        #expect(messages.allSatisfy { $0["type"] != "skipped" })
    }
}
