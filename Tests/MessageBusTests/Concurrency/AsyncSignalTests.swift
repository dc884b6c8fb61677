import MessageBus
import Testing

@Suite(.timeLimit(.minutes(10))) struct AsyncSignalTests {
    @Test func `a waiter is woken, and a later one does not wait`() async throws {
        let signal = AsyncSignal()
        let waiting = Task { try await signal.wait() }
        signal.send()
        try await waiting.value
        signal.send()
        signal.send()
        try await signal.wait()
        let next = Task { try await signal.wait() }
        next.cancel()
        await #expect(throws: CancellationError.self) { try await next.value }
    }

    @Test func `a waiter that was cancelled takes nothing from the next one`() async throws {
        let signal = AsyncSignal()
        signal.send()
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await signal.wait()
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        try await signal.wait()
    }

    @Test func `however sending and cancelling fall together, nobody waits for ever`() async throws
    {
        for _ in 0..<2_000 {
            let signal = AsyncSignal()
            let waiting = Task { try await signal.wait() }
            let sending = Task { signal.send() }
            waiting.cancel()
            await sending.value
            // Either it was woken, or the signal is there still.
            if case .failure = await waiting.result { try await signal.wait() }
        }
    }
}
