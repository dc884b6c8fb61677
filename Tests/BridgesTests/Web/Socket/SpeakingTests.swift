import JSON
import MessageBus
import TestSupport
import Testing

/// Messages in rooms and in private.
@Suite(.timeLimit(.minutes(10))) struct SpeakingTests {
    /// Drops what contains a word, by the code that the word says.
    struct Censor: Middleware {
        func handle(_ message: inout Message) -> Verdict {
            if message.body.contains("badword") { return .drop("no swearing") }
            if message.body.contains("toosoon") {
                return .drop(
                    "slow down", code: "rate-limited", retryAfter: .milliseconds(6_200))
            }
            if message.body.contains("toofast") { return .drop("slow down", code: "rate-limited") }
            return .pass
        }
    }

    @Test(arguments: [true, false])
    func `a text is said once by its id`(isStored: Bool) async throws {
        let store = MemoryStore()
        let host = try await WebHost(store: isStored ? store : VolatileStore())
        let bob = try await host.chat("bob")
        let ana = try await host.client("ana")
        try ana.say("one\ntwo", id: "a")
        let own = try await ana.until { $0["type"] == "message" }.last ?? .null
        #expect(own["id"] == "a" && own["text"] == "one\ntwo" && own["bridge"] == "web")
        let number = try #require(own["number"].integer)
        try ana.say("one\ntwo", id: "a")
        let again = try await ana.next("ok")
        #expect(again["id"] == "a" && again["number"].integer == number)
        ana.socket.close()
        let back = try await host.client("ana")
        try back.say("one\ntwo", id: "a")
        #expect(try await back.next("ok")["number"].integer == number)
        try back.say("three", id: "b")
        try await back.until("ana: three")
        #expect(
            try await bob.barrier() == [
                "ana joined the chat.", "ana: one", "ana: two", "ana: three",
            ])
        try await host.stop()
        guard isStored else { return }
        let next = try await WebHost(store: MemoryStore(store.disk))
        let later = try await next.client("ana")
        try later.say("one\ntwo", id: "a")
        #expect(try await later.next("ok")["number"].integer == number)
        try later.say("four", id: "d")
        let heard = try await later.until("ana: four")
        #expect(!heard.contains("ana: one\ntwo"))
        try await next.stop()
    }

    @Test func `one reads one's own words once they can't be lost, in the order of all`()
        async throws
    {
        let store = MemoryStore()
        let host = try await WebHost(store: store)
        let ana = try await host.client("ana")
        let second = try await host.client("ana")
        let bob = try await host.client("bob")
        for client in [ana, second] { try await client.until("bob joins general") }
        store.hold()
        try ana.say("one", id: "1")
        try await bob.until("ana: one")
        try bob.say("two", id: "2")
        // Said before the next: another connection may be read first.
        try await bob.barrier()
        try ana.say("three", id: "3")
        try ana.say("one", id: "1")
        #expect(try await ana.barrier() == [])
        #expect(try await second.barrier() == [])
        store.release()
        try await bob.until("ana: three")
        try bob.say("end", id: "end")
        for client in [ana, second] {
            let shown = try await client.until("bob: end").filter { $0 != "ok 1 ok" }
            #expect(shown == ["ana: one", "bob: two", "ana: three", "bob: end"])
        }
        // A store that fails keeps nobody waiting.
        store.hold()
        store.change(to: .fails)
        try ana.say("four", id: "4")
        try await ana.until("ana: four")
    }

    @Test func `a text that is longer than was announced is refused`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        try ana.say(String(repeating: "x", count: 4_001), id: "1")
        #expect(try await ana.next("refused").brief == "refused 1 too-long")
        // Two bytes each, and one character.
        try ana.say(String(repeating: "ñ", count: 4_000), id: "2")
        #expect(try await ana.next("message")["id"] == "2")
        let text = String(repeating: "ñ", count: 4_001)
        try ana.send("whisper", ["to": "ana", "text": .text(text), "id": "3"])
        #expect(try await ana.next("refused").brief == "refused 3 too-long")
    }

    @Test func `who leaves one of two rooms goes nowhere`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana", rooms: #"{"general":null,"otra":null}"#)
        let bob = try await host.client("bob")
        try ana.send(#"{"type":"leave","room":"general"}"#)
        let leave = try await bob.next("leave")
        #expect(leave["from"] == "ana" && !leave["to"].isPresent)
    }

    @Test func `however much is said at once, it is only read more slowly`() async throws {
        let host = try await WebHost(store: MemoryStore())
        let ana = try await host.client("ana")
        let count = 4_000
        for id in 0..<count { try ana.say("m\(id)", id: "\(id)") }
        let answers = try await ana.until("ana: m\(count - 1)")
        #expect(!answers.contains { $0.hasPrefix("refused") })
        #expect(answers.filter { $0.hasPrefix("ana: m") }.count == count)
    }

    @Test func `an id is the session's own`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        try ana.say("hi", id: "a")
        try await bob.until("ana: hi")
        try bob.say("ho", id: "a")
        try await bob.until("bob: ho")
        try await ana.until("bob: ho")
    }

    @Test func `what is dropped or limited is refused with its code, and judged anew`() async throws
    {
        let host = try await WebHost(middlewares: [Censor()])
        let ana = try await host.client("ana")
        try await ana.until("ana joins general")
        try ana.say("badword", id: "a")
        let refusal = try await ana.next("refused")
        #expect(refusal.brief == "refused a dropped" && refusal["text"] == "no swearing")
        try ana.say("toofast", id: "a")
        #expect(try await ana.next("refused").brief == "refused a rate-limited")
        try ana.say("fine", id: "a")
        try await ana.until("ana: fine")
        try ana.say("\u{1}  \n ", id: "b")
        #expect(try await ana.next("refused")["id"] == "b")
    }

    @Test func `a room that one is not in, or that is not there, is refused`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        try ana.say("hi", id: "a", in: "otra")
        #expect(try await ana.next("refused").brief == "refused a forbidden")
        try ana.say("hi", id: "b", in: "nada")
        #expect(try await ana.next("refused").brief == "refused b unknown-room")
    }

    @Test(arguments: [true, false])
    func `an answer quotes what it answers`(isStored: Bool) async throws {
        let host = try await WebHost(store: isStored ? MemoryStore() : VolatileStore())
        let ana = try await host.client("ana", rooms: #"{"general":null,"otra":null}"#)
        let bob = try await host.chat("bob")
        try bob.send("question\n")
        let question = try await ana.until { $0.brief == "bob: question" }.last ?? .null
        let number = try #require(question["number"].integer)
        try ana.say("answer", id: "a", reply: number)
        let answer = try await ana.until { $0.brief == "ana: answer" }.last ?? .null
        #expect(answer["reply"]["number"].integer == number)
        #expect(answer["reply"]["from"] == "bob" && answer["reply"]["text"] == "question")
        #expect(try await bob.barrier().last == "ana: [↩ bob: question] answer")
        try ana.say("answer", id: "b", reply: 99_999)
        #expect(try await ana.next("refused").brief == "refused b unknown-message")
        // Of another room, and no text.
        try ana.say("answer", id: "c", in: "otra", reply: number)
        #expect(try await ana.next("refused").brief == "refused c unknown-message")
    }

    @Test func `all pages of a person are answered, whatever they read`() async throws {
        let host = try await WebHost()
        let both = try await host.client("ana", rooms: #"{"general":null,"otra":null}"#)
        let one = try await host.client("ana", rooms: #"{"general":null}"#)
        try one.say("hi", id: "a", in: "otra")
        try await both.until("ana: hi")
        let answer = try await one.until { $0["id"] == "a" }.last ?? .null
        #expect(answer.brief == "ok a ok" && answer["number"].integer != nil)
    }

    @Test func `entering, leaving and renaming are announced in each room`() async throws {
        let host = try await WebHost()
        let eve = try await host.client(nil, rooms: #"{"general":null,"otra":null}"#)
        let ana = try await host.client("ana")
        try ana.send(#"{"type":"enter","room":"otra"}"#)
        try await ana.until("ok enter ok")
        try ana.send(#"{"type":"rename","name":"eva"}"#)
        try await ana.until("ok rename ok")
        try ana.send(#"{"type":"rename","name":"a:b"}"#)
        try await ana.until("refused rename bad-name")
        try ana.send(#"{"type":"leave","room":"general"}"#)
        try await ana.until("ok leave ok")
        try ana.say("hi", id: "1")
        #expect(try await ana.next("refused").brief == "refused 1 forbidden")
        try ana.say("ho", id: "2", in: "otra")
        let all = try await eve.until("eva: ho")
        #expect(
            Set(all) == [
                "ana joins general", "ana joins otra", "ana is eva in general",
                "ana is eva in otra",
                "eva leaves general", "eva: ho",
            ])
        #expect(all.count == 6)
        try ana.send(#"{"type":"enter","room":"nada"}"#)
        try await ana.until("refused enter unknown-room")
    }

    // MARK: - In private

    @Test func `whispers reach the two on any bridge, and nobody else`() async throws {
        let host = try await WebHost()
        let ana = try await host.client("ana")
        let second = try await host.client("ana")
        let bob = try await host.client("bob")
        let tom = try await host.chat("tom")
        let eve = try await host.client(nil)
        try ana.send("whisper", ["to": "bob", "text": "psst", "id": "w1"])
        let whisper = try await bob.until { $0["type"] == "whisper" }.last ?? .null
        #expect(whisper.brief == "ana → bob: psst" && whisper["number"].integer != nil)
        #expect(try await ana.next("whisper")["id"] == "w1")
        try await second.until("ana → bob: psst")
        try bob.send("whisper", ["to": "ANA", "text": "yes", "id": "w2"])
        try await ana.until("bob → ana: yes")
        try ana.send("whisper", ["to": "tom", "text": "hello", "id": "w3"])
        try await ana.until("ana → tom: hello")
        #expect(try await tom.barrier().last == "ana → tom (private): hello")
        try tom.send("/msg ana back\n")
        try await ana.until("tom → ana: back")
        try ana.send("whisper", ["to": "bob", "text": "psst", "id": "w1"])
        try await ana.until("ok w1 ok")
        try ana.send("whisper", ["to": "nobody", "text": "x", "id": "w4"])
        try await ana.until("refused w4 unknown-user")
        try ana.send("whisper", ["to": "Eva (telegram)", "text": "x", "id": "w5"])
        try await ana.until("refused w5 forbidden")
        #expect(try await eve.barrier().allSatisfy { !$0.contains("→") })
        #expect(try await bob.barrier().allSatisfy { !$0.contains("psst") })
    }

    // MARK: - Directions

    @Test func `on a bridge that only takes out nobody enters nor speaks`() async throws {
        let host = try await WebHost(direction: .out)
        let tom = try await host.chat("tom")
        let ana = try await host.client("ana")
        try ana.say("hi", id: "a")
        try await ana.until("refused a forbidden")
        try ana.send(#"{"type":"enter","room":"otra"}"#)
        try await ana.until("refused enter forbidden")
        try ana.send("whisper", ["to": "tom", "text": "x", "id": "w"])
        try await ana.until("refused w forbidden")
        try tom.send("hello\n")
        try await ana.until("tom: hello")
        #expect(try await tom.barrier() == ["tom: hello"])
    }

    @Test func `a bridge that only brings in shows answers alone`() async throws {
        let host = try await WebHost(direction: .in)
        let tom = try await host.chat("tom")
        let ana = try await host.client("ana")
        try ana.say("hi", id: "a")
        try await ana.until("ok a ok")
        try tom.send("hello\n/msg ana psst\n")
        let heard = try await tom.barrier()
        #expect(heard.prefix(2) == ["ana joined the chat.", "ana: hi"])
        #expect(try await ana.barrier() == [])
    }
}
