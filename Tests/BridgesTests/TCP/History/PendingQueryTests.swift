import MessageBus
import Sockets
import Locking
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

@Suite(.timeLimit(.minutes(10))) struct PendingQueryTests {
    /// The results of queries.
    private final class Outcomes: Sendable {
        let all = Locked<[String]>([])
        func append(_ outcome: String) { all.withLock { $0.append(outcome) } }
    }

    /// Answers queries when a test says so.
    private actor Oracle {
        private var waiting: [CheckedContinuation<String, Never>] = []
        private var watchers: [CheckedContinuation<Void, Never>] = []

        func ask() async -> String {
            await withCheckedContinuation { continuation in
                waiting.append(continuation)
                for watcher in watchers { watcher.resume() }
                watchers = []
            }
        }

        func asked() async {
            if waiting.isEmpty { await withCheckedContinuation { watchers.append($0) } }
        }

        func answer(_ answer: String) { waiting.removeFirst().resume(returning: answer) }
    }

    private let test: TestBus
    private let outcomes = Outcomes()
    private let oracle = Oracle()

    init() throws { test = try TestBus() }

    private func start(_ pendingQuery: PendingQuery, _ name: String) {
        let (outcomes, oracle) = (outcomes, oracle)
        pendingQuery.start { _ in
            await oracle.ask()
        } then: { result, _ in
            switch result {
            case .success(let answer): outcomes.append("\(name): \(answer)")
            case .failure(let error): outcomes.append("\(name): \(error)")
            }
        }
    }

    private func make() -> PendingQuery { PendingQuery(on: test.loop, bus: test.bus) }

    /// Returns when the consequences of an answer are done.
    private func settle(until count: Int) async {
        await pollUntil { outcomes.all.withLock({ $0.count }) >= count }
        await test.settle()
    }

    @Test func `the answer comes once, on the loop`() async {
        let pendingQuery = make()
        await test.bus.perform { _ in start(pendingQuery, "one") }
        await oracle.asked()
        await oracle.answer("yes")
        await settle(until: 1)
        test.advance(by: .seconds(20))
        await test.bus.perform { pendingQuery.fail(.cancelled, $0) }
        #expect(outcomes.all.withLock { $0 } == ["one: yes"])
    }

    @Test func `a query that takes too long fails, and its late answer is ignored`() async {
        let pendingQuery = make()
        await test.bus.perform { _ in start(pendingQuery, "one") }
        await oracle.asked()
        test.advance(by: .seconds(10))
        await settle(until: 1)
        await test.bus.perform { _ in start(pendingQuery, "two") }
        await oracle.answer("late")
        await oracle.asked()
        await test.settle()
        await test.bus.perform { pendingQuery.fail(.cancelled, $0) }
        await oracle.answer("later")
        await test.settle()
        #expect(
            outcomes.all.withLock { $0 } == [
                "one: no answer within 10 s", "two: the server stops",
            ])
    }

    @Test func `a cancelled query is not kept alive by a missing answer`() async {
        weak var lost: PendingQuery?
        do {
            let pendingQuery = make()
            lost = pendingQuery
            await test.bus.perform { _ in start(pendingQuery, "one") }
            await oracle.asked()
            await test.bus.perform { _ in pendingQuery.cancel() }
        }
        await test.settle()
        #expect(lost == nil)
        await oracle.answer("late")
        await test.settle()
        #expect(outcomes.all.withLock { $0 } == [])
    }
}
