import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import StdioBridge

@Suite(.timeLimit(.minutes(10))) struct StdioEndTests {
    @Test func `a reader of standard output that goes away ends the bridge alone`() async throws {
        let stdio = try await StdioFixture.make()
        stdio.output.closeReadEnd()
        try await stdio.run.value
        #expect(
            stdio.bus.log.sentences.last
                == "nobody reads standard output any more (write standard output: broken pipe): "
                + "the bridge ends")
        #expect(stdio.bus.shutdownRequests == 0)
        #expect(stdio.bus.reportedFailures == 0)
        #expect(await !stdio.bus.bus.isStopping)
    }

    @Test func `with exitAtEnd the input is still published to its end`() async throws {
        let stdio = try await StdioFixture.make { $0.exitAtEnd = true }
        stdio.output.closeReadEnd()
        await stdio.input.write("still here\n")
        #expect(await stdio.messages(1) == ["operador (stdio): still here"])
        #expect(stdio.bus.shutdownRequests == 0)
        stdio.input.closeWriteEnd()
        try await stdio.run.value
        #expect(stdio.bus.shutdownRequests == 1)
        #expect(stdio.bus.reportedFailures == 1)
    }

    @Test func `a full disk is a failure, after which the bridge is run again`() async throws {
        let bus = try TestBus()
        let other = await bus.port("tcp")
        let port = await bus.port("stdio")
        let input = try TestPipe()
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        let bridge = Stdio(Stdio.Options(), input: input.readEnd, output: full)
        let run = Task { try await bus.run(bridge, on: port) }
        try await other.publish("hola", from: "ana")
        let error = await #expect(throws: SocketError.self) { try await run.value }
        #expect(error?.description == "write standard output: no space left on device")
    }

    @Test func `messages said before the end are written before the bridge ends`() async throws {
        let stdio = try await StdioFixture.make()
        stdio.output.closeAfter(stdio.run)
        let lines = (0..<5_000).map { "line \($0)" }
        try await stdio.other.publish(lines.map { Draft($0, from: "ana") })
        stdio.bus.stop()
        #expect(await stdio.output.readToEnd() == lines.map { "ana: \($0)" })
    }

    @Test func `stopping ends reading at once`() async throws {
        let stdio = try await StdioFixture.make()
        try await stdio.stop()
        await stdio.input.write("too late\n")
        stdio.input.closeWriteEnd()
        #expect(await stdio.input.readToEnd() == ["too late"])
    }

    @Test func `cancelling ends the bridge although standard output is stuck`() async throws {
        let stdio = try await StdioFixture.make(fills: true)
        try await stdio.other.publish("hola", from: "ana")
        await stdio.bus.settle()
        stdio.run.cancel()
        try await stdio.run.value
    }

    @Test func `a reader that fell behind is told how many lines it missed`() async throws {
        let stdio = try await StdioFixture.make(fills: true) { $0.buffer = .kibibytes(64) }
        let drafts = (0..<10_000).map { Draft("\($0)", from: "ana") }
        for _ in 0..<10 { try await stdio.other.publish(drafts) }
        let output = stdio.output
        var missed = 0
        var told: [String] = []
        while let line = await output.readLine() {
            if line.hasPrefix("servidor: [skipped] ") {
                told.append(line)
                missed += Int(line.dropFirst(20)) ?? 0
            }
            if line == "ana: 9999", missed > 0, !told.isEmpty { break }
        }
        #expect(told.count == 1)
        #expect(missed > 0)
        stdio.run.cancel()
        try await stdio.run.value
    }

    @Test(arguments: [true, false])
    func `a reader that pauses loses nothing`(hasStore: Bool) async throws {
        let store = hasStore ? MemoryStore() : nil
        let stdio = try await StdioFixture.make(fills: true, store: store ?? VolatileStore()) {
            // A store has messages that no buffer holds.
            if hasStore { $0.buffer = .kibibytes(64) }
        }
        for start in stride(from: 0, to: 150_000, by: 10_000) {
            let drafts = (start..<start + 10_000).map { Draft("\($0)", from: "ana") }
            try await stdio.other.publish(drafts)
        }
        // The bytes that filled the pipe have no line ending.
        let filling = await stdio.output.readLine()
        #expect(filling?.hasSuffix("ana: 0") == true)
        #expect(await stdio.output.readLines(149_999) == (1..<150_000).map { "ana: \($0)" })
        if let store { #expect(store.reads > 0) }
        stdio.run.cancel()
        try await stdio.run.value
    }

    @Test func `the system knows who runs it`() {
        #expect(LoginName.ofUser(0) == "root")
        #expect(LoginName.ofUser(4_000_000_000) == nil)
        #expect(LoginName.current?.isEmpty == false)
    }

    @Test func `the options are decoded and checked`() throws {
        var registry = Registry()
        registry.registerStdio()
        #expect(registry.problems == [])
        let options = try #require(registry.bridges["stdio"]?.options)
        #expect(options.map(\.name) == ["sender", "lines", "exitAtEnd", "buffer"])
        #expect(
            options.map(\.expectation) == [
                "a string", "one of \"text\", \"chat\"", "true or false",
                "a size from 64KiB to 1GiB, like \"64KiB\"",
            ])
        #expect(options.map(\.defaultValue) == ["null", "\"text\"", "false", "\"64MiB\""])
    }
}
