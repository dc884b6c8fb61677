import Locking
import TestSupport
import Testing

@testable import MessageBus

@Suite(.timeLimit(.minutes(10))) struct AsyncLockTests {
    private struct Failure: Error {}

    /// The steps of tasks, in their order.
    private final class Course: Sendable {
        let steps = Locked<[Int]>([])
        func add(_ step: Int) { steps.withLock { $0.append(step) } }
    }

    /// The number of tasks that have the lock, at once and in all.
    private final class Holders: Sendable {
        private let counts = Locked((now: 0, most: 0, all: 0))

        func enter() {
            counts.withLock { counts in
                counts.now += 1
                counts.all += 1
                counts.most = max(counts.most, counts.now)
            }
        }

        func leave() { counts.withLock { $0.now -= 1 } }
        var most: Int { counts.withLock { $0.most } }
        var all: Int { counts.withLock { $0.all } }
    }

    /// Starts tasks that wait for the lock, each behind the one before.
    private func queue(
        _ count: Int, for lock: AsyncLock, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async -> [Task<Void, any Error>] {
        var tasks: [Task<Void, any Error>] = []
        for index in 0..<count {
            tasks.append(Task { try await lock.run { try await body(index) } })
            await pollUntil { lock.waitingCount > index }
        }
        return tasks
    }

    @Test func `tasks have it in the order in which they have asked`() async throws {
        let (lock, course) = (AsyncLock(), Course())
        await lock.acquire()
        let tasks = await queue(10, for: lock) { course.add($0) }
        #expect(course.steps.withLock { $0 } == [])
        lock.release()
        for task in tasks { try await task.value }
        #expect(course.steps.withLock { $0 } == Array(0..<10))
    }

    @Test func `a task that fails or was cancelled passes it on`() async throws {
        let (lock, course) = (AsyncLock(), Course())
        await lock.acquire()
        let tasks = await queue(6, for: lock) { index in
            course.add(index)
            if index.isMultiple(of: 2) { throw Failure() }
            try Task.checkCancellation()
        }
        tasks[1].cancel()
        tasks[4].cancel()
        lock.release()
        for (index, task) in tasks.enumerated() {
            switch await task.result {
            case .success: #expect([3, 5].contains(index))
            case .failure(let error): #expect((error is Failure) == index.isMultiple(of: 2))
            }
        }
        #expect(course.steps.withLock { $0 } == Array(0..<6))
        // It is free again.
        #expect(await lock.run { true })
    }

    @Test func `however asking and cancelling fall together, one has it and none waits for ever`()
        async
    {
        let (lock, holders) = (AsyncLock(), Holders())
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<2_000 {
                let task = Task {
                    await lock.run {
                        holders.enter()
                        if index.isMultiple(of: 3) { await Task.yield() }
                        holders.leave()
                    }
                }
                if index.isMultiple(of: 5) { task.cancel() }
                group.addTask { await task.value }
            }
        }
        #expect(holders.most == 1)
        #expect(holders.all == 2_000)
        #expect(lock.waitingCount == 0)
    }
}
