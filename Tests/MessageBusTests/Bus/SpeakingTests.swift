import Locking
import TestSupport
import Testing

@testable import MessageBus

/// Messages that sessions send with ids of their own.
@Suite(.timeLimit(.minutes(10))) struct SpeakingTests {
    /// A session that reads nothing.
    private final class Session: PresenceDelegate {
        var told: [String] = []
        var isReachable: Bool { true }
        func deliver(_ message: Message) {
            told.append("\(message.details?.speakerID ?? "-") \(message.text)")
        }
    }

    private struct Dropping: Middleware {
        func handle(_ message: inout Message) -> Verdict {
            message.text.contains("spam") ? .drop("no") : .pass
        }
    }

    private static let digest = [UInt8](repeating: 7, count: 32)

    /// The results of attempts, in order.
    private final class Results: Sendable {
        private let lines = Locked<[String]>([])
        private let given = Locked<[MessageNumber]>([])
        var all: [String] { lines.withLock { $0 } }
        /// The numbers that were given.
        var numbers: [MessageNumber] { given.withLock { $0 } }
        func append(_ result: SpeechResult) {
            let line =
                switch result {
                case .said: "said"
                case .saidBefore: "before"
                case .dropped(let drop): drop.code
                case .notHere: "not here"
                case .unknownMessage: "unknown message"
                case .full: "full"
                case .unknownPerson: "unknown person"
                }
            lines.withLock { $0.append(line) }
            switch result {
            case .said(let number), .saidBefore(let number): given.withLock { $0.append(number) }
            default: break
            }
        }
    }

    @discardableResult
    private static func say(
        _ text: String, id: String?, reply: MessageNumber? = nil, digest: [UInt8] = digest,
        presence: Presence? = nil, to results: Results, _ bus: isolated Bus
    ) -> Bool {
        let sender = Sender(name: "ana", key: "ana", bridge: "web", identity: 5)
        return bus.say(
            Bus.Speech(
                Array(text.utf8), by: sender, in: presence, session: digest, id: id, reply: reply),
            in: bus.rooms[0], by: bus.bridges[0]
        ) { results.append($0) }
    }

    private static func texts(_ test: TestBus) async -> [String] {
        await test.bus.perform { bus in
            bus.rooms[0].log.lastTexts(atMost: 99).map {
                "\($0.details?.speakerID ?? "-") \($0.text)"
            }
        }
    }

    /// Returns once so many attempts have ended.
    private static func settle(_ test: TestBus, _ results: Results, _ count: Int) async {
        while results.all.count < count { await test.settle() }
    }

    @Test(arguments: [false, true])
    func `an id is said once, however often and at whatever moment`(isStored: Bool) async throws {
        let test = try TestBus(store: isStored ? MemoryStore() : VolatileStore())
        _ = await test.port("web")
        let results = Results()
        await test.bus.perform { bus in
            // Two connections of the session, in one turn.
            Self.say("uno", id: "a", to: results, bus)
            Self.say("uno", id: "a", to: results, bus)
            Self.say("dos", id: "b", to: results, bus)
            // Another session may use the same id.
            Self.say(
                "tres", id: "a", digest: [UInt8](repeating: 8, count: 32), to: results, bus)
        }
        await Self.settle(test, results, 4)
        _ = await test.bus.perform { Self.say("uno", id: "a", to: results, $0) }
        await Self.settle(test, results, 5)
        #expect(results.all.count { $0 == "said" } == 3)
        #expect(results.all.count { $0 == "before" } == 2)
        let texts = await Self.texts(test)
        #expect(texts.sorted() == ["a tres", "a uno", "b dos"])
        #expect(Set(results.numbers).count == 3)
    }

    @Test func `an id is said once across a restart`() async throws {
        let store = MemoryStore()
        let (before, after) = (Results(), Results())
        do {
            let test = try TestBus(store: store)
            _ = await test.port("web")
            await test.bus.perform { bus in
                Self.say("uno", id: "a", to: before, bus)
                Self.say("spam", id: "s", to: before, bus)
            }
            await Self.settle(test, before, 2)
            await test.settle()
        }
        let test = try TestBus(store: MemoryStore(store.disk))
        _ = await test.port("web")
        try await test.bus.recall()
        await test.bus.perform { bus in
            Self.say("uno", id: "a", to: after, bus)
            Self.say("dos", id: "b", to: after, bus)
        }
        await Self.settle(test, after, 2)
        #expect(after.all == ["before", "said"])
        #expect(before.numbers[0] == after.numbers[0])
        // Everybody still gets the id of what was said before.
        #expect(await Self.texts(test) == ["a uno", "s spam", "b dos"])
    }

    @Test func `what was dropped is judged anew`() async throws {
        let test = try TestBus(middlewares: [Dropping()], store: MemoryStore())
        _ = await test.port("web")
        let results = Results()
        await test.bus.perform { bus in
            Self.say("spam", id: "a", to: results, bus)
            Self.say("  ", id: "a", to: results, bus)
            Self.say("hola", id: "a", to: results, bus)
            Self.say("hola", id: "a", to: results, bus)
        }
        await Self.settle(test, results, 4)
        #expect(results.all == ["dropped", "dropped", "said", "before"])
    }

    @Test func `what a session says keeps its order`() async throws {
        let test = try TestBus(store: MemoryStore())
        _ = await test.port("web")
        let results = Results()
        let answered = await test.bus.perform { bus -> MessageNumber in
            var number: MessageNumber = 0
            let sender = Sender(name: "bob", key: "bob", bridge: "web", identity: 6)
            bus.say(
                Bus.Speech(Array("¿qué?".utf8), by: sender, session: [1]), in: bus.rooms[0],
                by: bus.bridges[0]
            ) { if case .said(let said) = $0 { number = said } }
            return number
        }
        await test.bus.perform { bus in
            Self.say("1", id: "1", to: results, bus)
            Self.say("2", id: nil, to: results, bus)
            Self.say("3", id: "3", reply: answered, to: results, bus)
            Self.say("4", id: nil, reply: 999_999, to: results, bus)
            Self.say("5", id: "5", to: results, bus)
        }
        await Self.settle(test, results, 5)
        #expect(results.all == ["said", "said", "said", "unknown message", "said"])
        #expect(await Self.texts(test) == ["- ¿qué?", "1 1", "- 2", "3 3", "5 5"])
    }

    @Test(arguments: [(1_010, 1, 10), (20, 65_536, 4)])
    func `a session waits with a thousand things at most, and a mebibyte`(
        count: Int, bytes: Int, refused: Int
    ) async throws {
        let test = try TestBus(store: MemoryStore())
        _ = await test.port("web")
        let results = Results()
        await test.bus.perform { bus in
            let text = String(repeating: "x", count: bytes)
            for id in 0..<count { Self.say(text, id: "\(id)", to: results, bus) }
        }
        await Self.settle(test, results, count)
        #expect(results.all.count { $0 == "full" } == refused)
    }

    @Test(arguments: [(1_010, 1, 1_000), (20, 65_536, 16)])
    func `nothing is refused to somebody who is here, who is read on later`(
        count: Int, bytes: Int, fitting: Int
    ) async throws {
        let test = try TestBus(store: MemoryStore())
        _ = await test.port("web")
        let (results, session) = (Results(), UncheckedBox(Session()))
        let resumed = Locked<[Int]>([])
        let allowed = await test.bus.perform { bus in
            let presence = Presence(
                sender: Sender(name: "ana", key: "ana", bridge: "web", identity: 5),
                room: bus.rooms[0], delegate: session.value)
            _ = bus.enter(presence, by: bus.bridges[0])
            let text = String(repeating: "x", count: bytes)
            let allowed = (0..<count).count { id in
                Self.say("\(id) \(text)", id: "\(id)", presence: presence, to: results, bus)
            }
            bus.whenResumed(session: Self.digest, of: bus.bridges[0]) {
                resumed.withLock { $0.append(results.all.count) }
            }
            return allowed
        }
        #expect(allowed < fitting)
        await Self.settle(test, results, count)
        #expect(results.all == Array(repeating: "said", count: count))
        let place = try #require(resumed.withLock { $0 }.first)
        #expect(resumed.withLock { $0 }.count == 1)
        #expect(place > count / 4 && place < count)
        #expect(results.numbers == results.numbers.sorted())
    }

    @Test func `who has left the room says nothing any more`() async throws {
        let test = try TestBus()
        _ = await test.port("web")
        let (results, session) = (Results(), UncheckedBox(Session()))
        await test.bus.perform { bus in
            let presence = Presence(
                sender: Sender(name: "ana", key: "ana", bridge: "web", identity: 5),
                room: bus.rooms[0], delegate: session.value)
            Self.say("uno", id: "a", presence: presence, to: results, bus)
            _ = bus.enter(presence, by: bus.bridges[0])
            Self.say("dos", id: "b", presence: presence, to: results, bus)
            bus.leave(presence)
            Self.say("tres", id: "c", presence: presence, to: results, bus)
        }
        #expect(results.all == ["not here", "said", "not here"])
    }

    @Test func `a whisper is said once, and both get its id`() async throws {
        let test = try TestBus(store: MemoryStore())
        _ = await test.port("web")
        let (results, sessions) = (Results(), UncheckedBox([Session(), Session()]))
        await test.bus.perform { bus in
            let presences = ["ana", "bob"].enumerated().map { index, name in
                Presence(
                    sender: Sender(
                        name: name, key: name, bridge: "web", identity: UInt64(index + 1)),
                    room: bus.rooms[0], delegate: sessions.value[index])
            }
            for presence in presences { _ = bus.enter(presence, by: bus.bridges[0]) }
            for _ in 0..<2 {
                bus.whisper(
                    Array("psst".utf8), from: presences[0], to: "bob", session: Self.digest,
                    id: "w", by: bus.bridges[0], then: results.append)
            }
            bus.whisper(
                Array("psst".utf8), from: presences[0], to: "eva", session: Self.digest,
                id: "v", by: bus.bridges[0], then: results.append)
        }
        await Self.settle(test, results, 3)
        #expect(results.all == ["said", "before", "unknown person"])
        let told = await test.bus.perform { _ in sessions.value.map(\.told) }
        #expect(told == [["w psst"], ["w psst"]])
    }

    @Test func `an origin of a session is nobody's business`() {
        let origin = Origin(session: Self.digest, id: "a")
        #expect(
            origin.isSession && origin.channel == "session:" + String(repeating: "07", count: 32))
        #expect(!Origin(channel: "session:", remoteID: "a").isSession)
        #expect(!Origin(channel: "session:file.log", remoteID: "1").isSession)
        #expect(!Origin(channel: nil, remoteID: "1").isSession)
        var message = Message.make()
        message.details = MessageDetails(origin: origin)
        #expect(message.origin == nil && message.details?.speakerID == "a")
    }

    @Test func `a session may delete what it has said`() async throws {
        let test = try TestBus(store: MemoryStore())
        _ = await test.port("web")
        let results = Results()
        _ = await test.bus.perform { Self.say("uno", id: "a", to: results, $0) }
        await Self.settle(test, results, 1)
        let number = try #require(results.numbers.first)
        let ana = Sender(name: "ana", key: "ana", bridge: "web", identity: 5)
        let other = [UInt8](repeating: 9, count: 32)
        #expect(
            try await test.bus.delete(number, by: ana, role: nil, connection: 0, session: other)
                == .forbidden)
        #expect(
            try await test.bus.delete(
                number, by: ana, role: nil, connection: 0, session: Self.digest) == .deleted)
    }
}
