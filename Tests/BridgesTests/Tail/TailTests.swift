import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

@Suite(.timeLimit(.minutes(10))) struct TailTests {
    @Test(arguments: [true, false])
    func `what is appended comes in with its place`(hearsEvents: Bool) async throws {
        let tail = try await RunningTail(hearsEvents: hearsEvents)
        tail.folder.append("one\ntwo\n", to: "app.log")
        let messages = await tail.messages(2)
        #expect(messages.map(\.text) == ["one", "two"])
        #expect(messages.map(\.sender.name) == ["app.log (tail)", "app.log (tail)"])
        let path = tail.folder.place("app.log")
        #expect(messages.map(\.origin) == [0, 4].map { Origin(channel: path, remoteID: "\($0)") })
        try await tail.stop()
    }

    @Test func `rotation is followed while it runs`() async throws {
        let tail = try await RunningTail()
        for number in 0..<20 {
            tail.folder.append("line \(number)\n", to: "app.log")
            if number % 3 == 0 { tail.folder.rotate("app.log") }
        }
        // A name that changes while it is looked up may be found a moment later, behind the next.
        let texts = await tail.messages(20).map(\.text)
        #expect(texts.sorted() == (0..<20).map { "line \($0)" }.sorted())
        try await tail.stop()
    }

    @Test func `a burst comes in whole and in order`() async throws {
        let tail = try await RunningTail()
        let lines = (0..<20_000).map { "line \($0)" }
        tail.folder.append(lines.joined(separator: "\n") + "\n", to: "app.log")
        #expect(await tail.messages(20_000).map(\.text) == lines)
        try await tail.stop()
    }

    @Test func `another run goes on where the last one stood`() async throws {
        let store = VolatileStore()
        let folder = try TailFolder()
        for run in 0..<3 {
            folder.append("before \(run)\n", to: "app.log")
            let tail = try await RunningTail(folder, store: store)
            folder.append("during \(run)\n", to: "app.log")
            // What was there before the first start is not new.
            let expected = run == 0 ? ["during 0"] : ["before \(run)", "during \(run)"]
            #expect(await tail.messages(expected.count).map(\.text) == expected)
            try await tail.stop()
        }
    }

    @Test func `without a store the log says what a restart does`() async throws {
        let tail = try await RunningTail()
        #expect(
            tail.bus.log.sentences.first
                == "what has been read is not kept (\"store\": null): "
                + "a restart begins again at the end of each file")
        try await tail.stop()
    }

    @Test func `cancelling ends it at once`() async throws {
        let tail = try await RunningTail()
        tail.run.cancel()
        _ = await tail.run.result
    }

    @Test func `a direction that can't be is refused`() async throws {
        let folder = try TailFolder()
        let bus = try TestBus()
        let port = await bus.port("tail", direction: .out)
        let bridge = try RunningTail.bridge(folder, bus)
        let error = await #expect(throws: BridgeError.self) { try await bus.run(bridge, on: port) }
        #expect(error?.description.contains("only brings messages in") == true)
    }

    @Test func `the options are described`() throws {
        var registry = Registry()
        registry.registerTail()
        let options = try #require(registry.bridges["tail"]?.options)
        #expect(
            options.map(\.name) == [
                "paths", "exclude", "from", "sender", "maxLine", "multiline", "rotateWait",
                "rotatedTo", "follow",
            ])
        #expect(
            options.map(\.defaultValue) == [
                nil, "[]", "\"end\"", "\"{file}\"", "\"64KiB\"", "null", "\"5s\"", "[]",
                "\"files\"",
            ])
    }
}

/// A bridge on a bus, and the directory it looks at.
private struct RunningTail {
    let folder: TailFolder
    let bus: TestBus
    let run: Task<Void, any Error>
    private let reader: Port

    init(
        _ folder: TailFolder? = nil, store: VolatileStore = VolatileStore(),
        hearsEvents: Bool = true
    ) async throws {
        let folder = try folder ?? TailFolder()
        let bus = try TestBus(store: store)
        reader = await bus.port("reader")
        let port = await bus.port("tail")
        let bridge = try Self.bridge(folder, bus, hearsEvents: hearsEvents)
        run = Task { try await bus.run(bridge, on: port) }
        await pollUntil { await bus.bus.isReady(port.attachment) }
        self.folder = folder
        self.bus = bus
    }

    static func bridge(
        _ folder: TailFolder, _ bus: TestBus, hearsEvents: Bool = true
    ) throws -> Tail {
        var options = Tail.Options()
        options.paths = folder.configuration.patterns
        let context = Context(
            name: "test", language: .en, log: bus.log.log, executor: bus.loop,
            files: { _ in RecordedLines() })
        return try Tail(options, context, clock: SystemClock(), hearsEvents: hearsEvents)
    }

    func messages(_ count: Int) async -> [Message] {
        var messages: [Message] = []
        var iterator = reader.messages.makeAsyncIterator()
        while messages.count < count, let next = await iterator.next() { messages.append(next) }
        return messages
    }

    func stop() async throws {
        bus.stop()
        try await run.value
    }
}
