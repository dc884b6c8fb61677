import JSON
import MessageBus
import TestSupport
import Testing

/// History, search and deletions.
@Suite(.timeLimit(.minutes(10))) struct EarlierMessagesTests {
    @Test(arguments: [true, false])
    func `history comes in pages, and ends`(isStored: Bool) async throws {
        let host = try await WebHost(store: isStored ? MemoryStore() : VolatileStore())
        let ana = try await host.client("ana")
        for number in 1...25 {
            try ana.say("text \(number)", id: "\(number)")
            try await ana.until("ana: text \(number)")
        }
        var texts: [String] = []
        var before: Int64?
        var isComplete = false
        while !isComplete {
            let end = before.map { ",\"before\":\($0)" } ?? ""
            try ana.send(#"{"type":"history","room":"general","count":10\#(end)}"#)
            let page = try await ana.next("history")
            #expect(page["room"] == "general")
            let messages = page["messages"].elements
            texts = messages.map { $0["text"].string ?? "?" } + texts
            before = messages.first?["number"].integer
            isComplete = page["isComplete"].isTrue
            if texts.count > 30 { break }
        }
        #expect(texts == (1...25).map { "text \($0)" })
        try ana.send(#"{"type":"history","room":"general","count":201}"#)
        try await ana.until("refused history bad-arguments")
        try ana.send(#"{"type":"history","room":"nada","count":1}"#)
        try await ana.until("refused history unknown-room")
        try ana.send(#"{"type":"history","with":"bob","count":1}"#)
        try await ana.until("refused history login-required")
    }

    @Test func `one's own message is deleted, and lists say so`() async throws {
        let host = try await WebHost(store: MemoryStore())
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        try ana.say("oops", id: "1")
        let number = try await ana.until { $0["id"] == "1" }.last?["number"].integer ?? 0
        try await bob.until("ana: oops")
        try bob.send(#"{"type":"delete","number":\#(number)}"#)
        try await bob.until("refused delete forbidden")
        try bob.send(#"{"type":"delete","number":99999}"#)
        try await bob.until("refused delete unknown-message")
        try ana.send(#"{"type":"delete","number":\#(number)}"#)
        try await ana.until { $0["type"] == "ok" && $0["of"] == "delete" }
        try await bob.until("delete \(number)")
        try bob.send(#"{"type":"history","room":"general","count":5}"#)
        let listed = try await bob.next("history")["messages"].elements
        #expect(listed.map { $0["text"].string } == ["[deleted by ana]"])
        #expect(listed.map { $0["deleted"].string } == ["ana"])
        try bob.send(#"{"type":"search","words":"oops"}"#)
        #expect(try await bob.next("search")["messages"].elements == [])
        let late = try await host.client(nil, rooms: #"{"general":0}"#)
        #expect(!(try await late.until("delete \(number)")).contains("ana: oops"))
    }

    @Test func `a message is deleted by its author after a reconnection too`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        try ana.say("oops", id: "1")
        let number = try await ana.until { $0["id"] == "1" }.last?["number"].integer ?? 0
        try ana.send(#"{"type":"bye"}"#)
        _ = try await ana.rest()
        let back = try await host.client("ana")
        try back.send(#"{"type":"delete","number":\#(number)}"#)
        try await back.until("delete \(number)")
    }

    @Test func `a correction stands in the place of its text`() async throws {
        let host = try await WebHost(store: MemoryStore())
        let port = await host.test.port("otro")
        let ana = try await host.client("ana")
        var draft = Draft("wrong", from: "eva")
        draft.origin = Origin(channel: "c", remoteID: "1")
        draft.isLinked = true
        let first = try await port.publish(
            [draft], checkpoint: Checkpoint(key: "s", state: [1]))[0]
        try await ana.until("eva (otro): wrong")
        (draft.kind, draft.text) = (.edit, "right")
        try await port.publish(draft)
        let edit = try await ana.until { $0["type"] == "edit" }.last ?? .null
        #expect(edit["of"].integer == Int64(first.number.rawValue) && edit["text"] == "right")
        try ana.send(#"{"type":"history","room":"general","count":5}"#)
        let listed = try await ana.next("history")["messages"].elements
        #expect(listed.map { $0["text"].string } == ["right"])
        #expect(listed.map { $0["number"] } == [.integer(Int64(first.number.rawValue))])
    }

    @Test func `search finds the newest first, in one room or in all`() async throws {
        let host = try await WebHost(store: MemoryStore())
        let ana = try await host.client("ana", rooms: #"{"general":null,"otra":null}"#)
        for number in 1...60 {
            try ana.say("needle \(number)", id: "\(number)")
            try await ana.until("ana: needle \(number)")
        }
        try ana.say("needle elsewhere", id: "x", in: "otra")
        try await ana.until("ana: needle elsewhere")
        try ana.send(#"{"type":"search","words":"needle"}"#)
        let all = try await ana.next("search")
        #expect(all["messages"].elements.count == 50 && all["isComplete"] == false)
        #expect(all["messages"].elements.first?["text"] == "needle elsewhere")
        #expect(all["messages"].elements[1]["text"] == "needle 60")
        try ana.send(#"{"type":"search","words":"needle","room":"otra"}"#)
        let other = try await ana.next("search")
        #expect(other["messages"].elements.count == 1 && other["isComplete"] == true)
        #expect(other["room"] == "otra")
        try ana.send(#"{"type":"search","words":" "}"#)
        try await ana.until("refused search bad-arguments")
    }
}
