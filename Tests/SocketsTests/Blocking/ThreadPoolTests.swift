import Foundation
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ThreadPoolTests {
    @Test func `a task that blocks holds up no other, up to the most threads there are`()
        async throws
    {
        let pool = ThreadPool(named: "test pool")
        try pool.start()
        defer { pool.stop() }
        let pipe = try TestPipe()
        let (blocked, isBlocked) = AsyncStream.makeStream(of: Void.self)
        let blocking = (1..<ThreadPool.maxThreads).map { _ in
            Task(executorPreference: pool) {
                isBlocked.yield()
                var byte: UInt8 = 0
                _ = read(pipe.readEnd, &byte, 1)
            }
        }
        var waiting = blocked.makeAsyncIterator()
        for _ in blocking { await waiting.next() }
        // One thread is left, and runs all other tasks.
        for number in 0..<1_000 {
            let task = Task(executorPreference: pool) { number }
            #expect(await task.value == number)
        }
        await pipe.write([UInt8](repeating: 0, count: blocking.count))
        for task in blocking { await task.value }
    }

    @Test func `child tasks stay on its threads`() async throws {
        let pool = ThreadPool(named: "own threads")
        try pool.start()
        defer { pool.stop() }
        let names = await Task(executorPreference: pool) {
            await withTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        await Task.yield()
                        return threadName()
                    }
                }
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
        }.value
        #expect(names == ["own threads"])
    }

    @Test func `an actor on a thread of its own computes there, wherever it is called from`()
        async throws
    {
        let loop = try EventLoop()
        try loop.start(named: "own loop")
        defer { loop.stop() }
        let worker = Worker()
        for _ in 0..<100 {
            let task = Task(executorPreference: LoopExecutor(loop)) { await worker.work() }
            #expect(await task.value == "worker")
        }
        #expect(await worker.count == 100)
    }

    @Test func `a sleep by a loop's timers needs no other thread`() async throws {
        let loop = try EventLoop()
        try loop.start(named: "own loop")
        defer { loop.stop() }
        let clock = LoopSleep(loop)
        let name = try await Task(executorPreference: LoopExecutor(loop)) {
            // As short as the kernel's timers can be, and no moment too early.
            let end = clock.now.advanced(by: .milliseconds(1))
            try await clock.sleep(until: end, tolerance: nil)
            #expect(clock.now >= end)
            return threadName()
        }.value
        #expect(name == "own loop")
    }

    @Test func `a sleeper that is cancelled wakes up at once, also before it sleeps`() async throws
    {
        let loop = try EventLoop()
        try loop.start(named: "own loop")
        defer { loop.stop() }
        for isEarly in [true, false] {
            let task = Task { try await LoopSleep(loop).sleep(for: .seconds(3_600)) }
            if !isEarly { for _ in 0..<100 { await Task.yield() } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}

private actor Worker {
    private nonisolated let thread = SerialThread(named: "worker")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private(set) var count = 0

    func work() -> String {
        count += 1
        return threadName()
    }
}

/// The name of the present thread.
private func threadName() -> String {
    let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return String(name?.dropLast() ?? "")
}
