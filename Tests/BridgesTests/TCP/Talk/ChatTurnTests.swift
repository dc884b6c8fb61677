import Foundation
import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// A connection's share of a turn of the loop is bounded by time.
@Suite(.timeLimit(.minutes(10))) struct ChatTurnTests {
    /// A middleware that takes some time of the loop's clock for each text.
    private struct Slow: Middleware {
        let clock: ManualClock
        let time: Duration
        /// Signalled at the text `stop`, after which `goOn` is awaited.
        let stopped: DispatchSemaphore
        let goOn: DispatchSemaphore

        func handle(_ message: inout Message) -> Verdict {
            clock.advance(by: time)
            if message.text == "stop" {
                stopped.signal()
                goOn.wait()
            }
            return .pass
        }
    }

    private static func host(
        _ stopped: DispatchSemaphore, _ goOn: DispatchSemaphore, time: Duration = .milliseconds(1)
    ) async throws -> ChatHost {
        let clock = ManualClock()
        return try await ChatHost(
            middlewares: [Slow(clock: clock, time: time, stopped: stopped, goOn: goOn)],
            clock: clock)
    }

    private func wait(_ semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                semaphore.wait()
                continuation.resume()
            }
        }
    }

    @Test(arguments: ["x\n", "mallory: x\n", "/msg mallory x\n", "x\n/msg mallory x\n"])
    func `a client that sends much waits, and others are served meanwhile`(line: String)
        async throws
    {
        let (stopped, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let host = try await Self.host(stopped, goOn)
        let bob = try await host.client("bob")
        let mallory = try await host.client("mallory")
        _ = try await bob.barrier()
        // The scheduler measures the first texts.
        try mallory.send(String(repeating: line, count: 100))
        try await mallory.barrier()
        _ = try await bob.barrier()
        try mallory.send("stop\n" + String(repeating: line, count: 300) + "end\n")
        await wait(stopped)
        try bob.send("hola\n")
        goOn.signal()
        var before = 0
        while let line = try await mallory.line(), line != "bob: hola" { before += 1 }
        // Bob's line is not the first, because the current batch is finished before.
        #expect(before < 100)
        var after = 0
        while let line = try await mallory.line(), line != "mallory: end" { after += 1 }
        #expect(before + after == 1 + 300 * line.count { $0 == "\n" })
    }

    /// The one that has spoken lately beside a client.
    enum Company: CaseIterable { case nobody, client, bridge }

    @Test(arguments: Company.allCases)
    func `a client that is alone may send each reader a whole read, others a part`(
        company: Company
    ) async throws {
        let (stopped, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let host = try await Self.host(stopped, goOn, time: .nanoseconds(200))
        let bob = try await host.client("bob")
        let mallory = try await host.client("mallory")
        var readers: [ChatClient] = []
        for _ in 0..<38 { readers.append(try await host.client()) }
        let block = String(repeating: String(repeating: "x", count: 60) + "\n", count: 900)
        // The scheduler measures the first texts, which take more than a slice.
        try mallory.send(block)
        try await mallory.barrier()
        _ = try await bob.barrier()
        try await mallory.barrier()
        if company != .client { host.test.advance(by: .seconds(1)) }
        if company == .bridge { _ = try await host.port().publish(Draft("hola", from: "eva")) }
        try mallory.send("stop\n")
        await wait(stopped)
        // Everything is there before it is read.
        try mallory.send("stop\n" + block)
        goOn.signal()
        await wait(stopped)
        try bob.send("hola\n")
        goOn.signal()
        var before = 0
        while let line = try await mallory.line(), line != "bob: hola" { before += 1 }
        // The lines of the bridge and of the stops come first.
        #expect(company == .nobody ? before == 2 + 900 : (16..<450).contains(before))
        withExtendedLifetime(readers) {}
        try await host.stop()
    }

    @Test func `lines that are never sent on hold up nobody in later turns`() async throws {
        let store = LateStore(LateStore.texts(["una aguja"]))
        let host = try await ChatHost(store: store)
        let bob = try await host.client("bob")
        let eve = try await host.client("eve")
        let mallory = try await host.client("mallory")
        var readers: [ChatClient] = []
        for _ in 0..<97 { readers.append(try await host.client()) }
        _ = try await bob.barrier()
        // More than a person types.
        let block = String(repeating: String(repeating: "x", count: 60) + "\n", count: 50)
        try bob.send(block)
        _ = try await bob.lines(50)
        // Mallory is alone, so that all is read at once.
        try await mallory.barrier()
        host.test.advance(by: .seconds(1))
        // Blank lines count as work for a hundred readers, and go to none of them.
        let blank = String(repeating: String(repeating: " ", count: 60) + "\n", count: 200)
        try mallory.send("/search aguja\n" + blank)
        await store.asked(1)
        store.answer()
        while let line = try await mallory.line(), !line.contains("una aguja") {}
        await host.test.settle()
        try bob.send(block + "end\n")
        await host.test.settle()
        try eve.send("hola\n")
        var isBobFirst = false
        while let line = try await eve.line(), line != "eve: hola" {
            isBobFirst = isBobFirst || line == "bob: end"
        }
        #expect(isBobFirst)
        withExtendedLifetime(readers) {}
        try await host.stop()
    }

    @Test func `deferred lines are obeyed in order, to the end of the connection`() async throws {
        let (stopped, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let host = try await Self.host(stopped, goOn)
        let bob = try await host.client("bob")
        let texts = (0..<500).map { "\($0)" }
        for end in 0..<3 {
            let mallory = try await host.client("m\(end)")
            _ = try await bob.barrier()
            // Half a line at the end is a line too.
            try mallory.send(texts.joined(separator: "\n/msg nadie x\n"))
            switch end {
            case 0: mallory.finishSending()
            case 1: mallory.close()
            default: try mallory.send("\n/quit\nnever\n")
            }
            let lines = try await bob.lines(end == 1 ? 499 : 501)
            #expect(lines.prefix(499) == texts.map { "m\(end): \($0)" }.prefix(499)[...])
            while end == 1, let line = try await bob.line(), !line.hasPrefix("m1 ha") {}
            if end != 1 { #expect(lines.last == "m\(end) ha abandonado el chat.") }
        }
        #expect(try await bob.barrier() == [])
    }
}
