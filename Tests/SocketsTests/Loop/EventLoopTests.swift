import Glibc
import Sockets
import Locking
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventLoopTests {
    /// Events in order.
    private final class Record: Sendable {
        private let entries = Locked<[String]>([])
        func add(_ entry: String) { entries.withLock { $0.append(entry) } }
        var all: [String] { entries.withLock { $0 } }
    }

    private final class Reader: EventHandler {
        private let action: (Readiness) -> Void
        init(_ action: @escaping (Readiness) -> Void) { self.action = action }
        func handle(_ ready: Readiness) { action(ready) }
    }

    /// Removes another descriptor when it is released.
    private final class Owner: EventHandler {
        private let end: () -> Void
        init(_ end: @escaping () -> Void) { self.end = end }
        func handle(_ ready: Readiness) {}
        deinit { end() }
    }

    private actor Counter {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private(set) var count = 0

        init(_ loop: EventLoop) { self.loop = loop }

        func increase() -> Bool {
            count += 1
            return loop.isCurrent
        }
    }

    /// Runs a function on a loop and returns when that turn is over.
    private func onLoop(_ loop: EventLoop, _ body: @escaping @Sendable () -> Void) async {
        loop.perform(body)
        for _ in 0..<2 {
            await withCheckedContinuation { continuation in
                loop.perform { continuation.resume() }
            }
        }
    }

    @Test func `an actor on the loop runs on its thread`() async throws {
        let loop = try EventLoop()
        try loop.start()
        defer { loop.stop() }
        let counter = Counter(loop)
        for _ in 0..<100 { #expect(await counter.increase()) }
        #expect(await counter.count == 100)
        #expect(!loop.isCurrent)
    }

    @Test func `a running loop is owned by its thread alone`() async throws {
        let loop = try EventLoop()
        #expect(loop.isOwned)
        try loop.start()
        defer { loop.stop() }
        await onLoop(loop) { #expect(loop.isOwned) }
        #expect(!loop.isOwned)
    }

    @Test func `functions run in order, and those of the turn's end after them`() async throws {
        let loop = try EventLoop()
        let record = Record()
        loop.perform { record.add("first") }
        loop.perform { record.add("second") }
        loop.atTurnEnd {
            record.add("end")
            loop.stop()
        }
        loop.run()
        #expect(record.all == ["first", "second", "end"])
    }

    @Test func `timers come when the clock has been turned, the earliest first`() async throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        let record = Record()
        try loop.start()
        defer { loop.stop() }
        await onLoop(loop) {
            for (name, delay) in [("late", 30), ("early", 10), ("middle", 20)] {
                loop.set(LoopTimer { record.add(name) }, after: .nanoseconds(delay))
            }
        }
        clock.advance(by: .nanoseconds(9))
        await onLoop(loop) {}
        #expect(record.all == [])
        clock.advance(by: .nanoseconds(1))
        await onLoop(loop) {}
        #expect(record.all == ["early"])
        clock.advance(by: .seconds(1))
        await onLoop(loop) {}
        #expect(record.all == ["early", "middle", "late"])
    }

    @Test func `a timer can be put off, brought forward and taken back`() async throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        let record = Record()
        try loop.start()
        defer { loop.stop() }
        await onLoop(loop) {
            let (late, soon, never) = (
                LoopTimer { record.add("put off") }, LoopTimer { record.add("brought forward") },
                LoopTimer { record.add("taken back") }
            )
            loop.set(late, after: .nanoseconds(10))
            loop.set(late, after: .nanoseconds(40))
            loop.set(soon, after: .nanoseconds(50))
            loop.set(soon, after: .nanoseconds(20))
            loop.set(never, after: .nanoseconds(30))
            never.cancel()
        }
        for _ in 0..<6 {
            clock.advance(by: .nanoseconds(10))
            await onLoop(loop) {}
            record.add("|")
        }
        #expect(record.all == ["|", "brought forward", "|", "|", "put off", "|", "|", "|"])
    }

    @Test func `the kernel's timer wakes a loop that has nothing else to do`() async throws {
        let loop = try EventLoop()
        try loop.start()
        defer { loop.stop() }
        // A loop that the kernel does not wake sleeps for ever, which only the suite's time limit
        // can tell: anything that woke it to be asked would hide the mistake.
        await withCheckedContinuation { continuation in
            loop.perform {
                loop.set(LoopTimer { continuation.resume() }, after: .nanoseconds(1_000))
            }
        }
    }

    @Test func `a handler is called when there is input, until it is removed`() async throws {
        let loop = try EventLoop()
        let pipe = try TestPipe()
        let record = Record()
        try loop.start()
        defer { loop.stop() }
        let registration = Locked<EventLoop.Registration?>(nil)
        await withCheckedContinuation { continuation in
            loop.perform {
                let handler = Reader { ready in
                    var byte: UInt8 = 0
                    if ready.contains(.readable) { read(pipe.readEnd, &byte, 1) }
                    record.add(String(UnicodeScalar(byte)))
                    if byte == UInt8(ascii: "b") { continuation.resume() }
                }
                let added = try? loop.add(pipe.readEnd, .readable, handler)
                registration.withLock { $0 = added }
                write(pipe.writeEnd, "ab", 2)
            }
        }
        await onLoop(loop) { registration.withLock { $0.map(loop.remove) } }
        await pipe.write("c")
        await onLoop(loop) {}
        #expect(record.all == ["a", "b"])
    }

    @Test func `a handler that is released may remove another one`() throws {
        let loop = try EventLoop(clock: ManualClock())
        let (pipe, other) = (try TestPipe(), try TestPipe())
        let record = Record()
        let inner = try loop.add(other.readEnd, .readable, Owner { record.add("inner") })
        let outer = try loop.add(
            pipe.readEnd, .readable,
            Owner {
                record.add("outer")
                loop.remove(inner)
            })
        loop.remove(outer)
        #expect(record.all == ["outer", "inner"])
    }

    @Test func `a regular file is refused with a sentence`() async throws {
        let loop = try EventLoop()
        let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let error = #expect(throws: SocketError.self) {
            try loop.add(file, .readable, Reader { _ in })
        }
        #expect(error?.description == "epoll_ctl: operation not permitted")
    }
}
