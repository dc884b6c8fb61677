import MessageBus
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct BroadcastSignalTests {
    @Test func `all waiting tasks are woken, and later ones wait for the next signal`() async {
        let signal = BroadcastSignal()
        let waiting = (0..<3).map { _ in Task { await signal.wait(since: 0) } }
        signal.send()
        for task in waiting { await task.value }
        #expect(signal.count == 1)
        let next = Task { await signal.wait(since: 1) }
        await pollUntil { signal.hasWaiters }
        signal.send()
        await next.value
        #expect(signal.count == 2)
    }

    @Test func `a signal between the look and the wait is not missed`() async {
        let signal = BroadcastSignal()
        let seen = signal.count
        signal.send()
        await signal.wait(since: seen)
        #expect(!signal.hasWaiters)
    }

    @Test func `cancelling a task ends its waiting and nobody else's`() async {
        let signal = BroadcastSignal()
        let other = Task { await signal.wait(since: 0) }
        await pollUntil { signal.hasWaiters }
        let cancelled = Task { await signal.wait(since: 0) }
        cancelled.cancel()
        await cancelled.value
        #expect(signal.hasWaiters)
        signal.send()
        await other.value
    }

    @Test func `a task that was cancelled before does not wait`() async {
        let signal = BroadcastSignal()
        await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await signal.wait(since: 0)
        }.value
        #expect(!signal.hasWaiters)
    }

    @Test func `however sending and cancelling fall together, nobody waits for ever`() async {
        for _ in 0..<2_000 {
            let signal = BroadcastSignal()
            let waiting = [
                Task { await signal.wait(since: 0) }, Task { await signal.wait(since: 0) },
            ]
            let sending = Task { signal.send() }
            waiting[0].cancel()
            await sending.value
            for task in waiting { await task.value }
            #expect(!signal.hasWaiters)
        }
    }
}
