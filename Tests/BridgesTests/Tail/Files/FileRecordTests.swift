import Glibc
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import MessageBus
@testable import TailBridge

/// Records of files: their lifetime and their owners.
@Suite(.timeLimit(.minutes(10))) struct FileRecordTests {
    private static let day: Duration = .seconds(86_400)

    @Test(arguments: ["start", "end"])
    func `a restart among very many files repeats nothing`(from: String) throws {
        let folder = try TailFolder()
        folder.configuration.startsAtEnd = from == "end"
        folder.configuration.descriptors = 64
        for number in 0..<2_500 { folder.append("line \(number)\n", to: "\(number).log") }
        try folder.start()
        folder.read()
        #expect(folder.texts.count == (from == "end" ? 0 : 2_500))
        for run in 0..<2 {
            folder.kill()
            folder.append("run \(run)\n", to: "7.log")
            try folder.start()
            folder.read()
        }
        #expect(folder.texts.count == (from == "end" ? 2 : 2_502))
        #expect(folder.texts.suffix(2) == ["run 0", "run 1"])
    }

    @Test func `what is known of a file goes when it has been gone for 30 days`() throws {
        let folder = try TailFolder("live/*.log")
        folder.makeDirectory("live")
        folder.append("one\n", to: "live/a.log")
        folder.append("two\n", to: "live/b.log")
        try folder.start()
        folder.read()
        folder.kill()
        for name in ["a.log", "b.log"] { folder.rename("live/\(name)", to: name) }
        for days in [0, 20, 29, 29] as [Int64] {
            folder.wallShift = Self.day * days
            try folder.start()
            folder.wait(.seconds(9))
            folder.kill()
        }
        // Back in time: nothing is read twice.
        folder.rename("a.log", to: "live/a.log")
        try folder.start()
        folder.wait(.seconds(3))
        #expect(folder.texts.sorted() == ["one", "two"])
        folder.kill()
        folder.wallShift = Self.day * 31
        try folder.start()
        folder.wait(.seconds(3))
        let told = folder.log.sentences.filter { $0.contains("gone for 30 days") }
        #expect(told.count == 1 && told.first?.hasPrefix("1 file has") == true)
        #expect(folder.kept.keys.filter { $0.contains(":") }.count == 1)
    }

    @Test(arguments: [true, false])
    func `what is no longer asked for is not followed on`(isExcluded: Bool) throws {
        let folder = try TailFolder("*.log")
        for name in ["app.log", "app2.log"] { folder.append("one\n", to: name) }
        try folder.start()
        folder.read()
        folder.kill()
        if isExcluded {
            folder.configuration.excluded = [PathPattern("app2.log")]
        } else {
            folder.configuration.patterns = [PathPattern(folder.place("app.log"))]
        }
        for name in ["app.log", "app2.log"] { folder.append("two\n", to: name) }
        try folder.start()
        for _ in 0..<3 { folder.wait(.seconds(3)) }
        folder.rotate("app.log")
        for name in ["app.log", "app2.log"] { folder.append("three\n", to: name) }
        for _ in 0..<3 { folder.wait(.seconds(3)) }
        #expect(folder.texts == ["one", "one", "two", "three"])
        #expect(folder.log.sentences.contains { $0.contains("app2.log is no longer asked for") })
        // Asked for again, it is gone on with.
        folder.kill()
        folder.configuration.excluded = []
        folder.configuration.patterns = [PathPattern(folder.place("*.log"))]
        try folder.start()
        folder.wait(.seconds(3))
        #expect(folder.texts == ["one", "one", "two", "three", "two", "three"])
    }

    @Test func `what was followed by the name that rotation gave it is the live file's`() throws {
        let folder = try TailFolder("app.log*")
        folder.append("one\n", to: "app.log")
        try folder.start()
        folder.read()
        folder.kill()
        folder.rotate("app.log")
        folder.append("two\n", to: "app.log.1")
        folder.append("three\n", to: "app.log")
        folder.configuration.patterns = [PathPattern(folder.place("app.log"))]
        try folder.start()
        folder.wait(.seconds(3))
        #expect(folder.texts == ["one", "two", "three"])
    }

    @Test func `a bridge in front of another takes neither its name nor its place`() async throws {
        let store = VolatileStore()
        let (one, two) = (try TailFolder(), try TailFolder())
        one.append("old\n", to: "a.log")
        try await follow(["tail": one], store) { one.append("one\n", to: "a.log") }
        one.append("while down\n", to: "a.log")
        two.append("old, too\n", to: "b.log")
        let texts = try await follow(["tail": two, "tail-2": one], store) {
            one.append("two\n", to: "a.log")
            two.append("three\n", to: "b.log")
        }
        #expect(texts.sorted() == ["three", "two", "while down"])
        // And back again, when the one in front is gone.
        one.append("while down again\n", to: "a.log")
        #expect(
            try await follow(["tail": one], store) { one.append("last\n", to: "a.log") }
                == ["while down again", "last"])
    }

    /// Runs bridges until nothing more comes in.
    @discardableResult
    private func follow(
        _ folders: [String: TailFolder], _ store: VolatileStore, _ body: () -> Void
    ) async throws -> [String] {
        let bus = try TestBus(store: store)
        let reader = await bus.port("reader")
        let siblings = TailSiblings()
        var runs: [Task<Void, any Error>] = []
        let context = Context(
            name: "test", language: .en, log: bus.log.log, executor: bus.loop,
            files: { _ in RecordedLines() })
        // All are made before one is run.
        let bridges = try folders.sorted { $0.key < $1.key }.map { name, folder in
            var options = Tail.Options()
            options.paths = folder.configuration.patterns
            return (
                name,
                try Tail(
                    options, context.named(name), clock: SystemClock(), siblings: siblings)
            )
        }
        for (name, bridge) in bridges {
            let port = await bus.port(name)
            runs.append(Task { try await bus.run(bridge, on: port) })
            await pollUntil { await bus.bus.isReady(port.attachment) }
        }
        body()
        var texts: [String] = []
        var iterator = reader.messages.makeAsyncIterator()
        let last = Set(["one", "two", "three", "last"])
        let expected = folders.count
        while texts.filter(last.contains).count < expected, let next = await iterator.next() {
            texts.append(next.text)
        }
        bus.stop()
        for run in runs { try await run.value }
        return texts
    }
}
