import Testing

@testable import Chat
@testable import TelegramBridge

@Suite(.timeLimit(.minutes(10))) struct AsyncSignalTests {
    @Test func `a waiter is woken, and a later one does not wait`() async throws {
        let signal = AsyncSignal()
        let waiting = Task { try await signal.wait() }
        signal.ring()
        try await waiting.value
        signal.ring()
        signal.ring()
        try await signal.wait()
        let next = Task { try await signal.wait() }
        next.cancel()
        await #expect(throws: CancellationError.self) { try await next.value }
    }

    @Test func `a waiter that was cancelled takes nothing from the next one`() async throws {
        let signal = AsyncSignal()
        signal.ring()
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await signal.wait()
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        try await signal.wait()
    }

    @Test func `however ringing and cancelling fall together, nobody waits for ever`() async throws
    {
        for _ in 0..<2_000 {
            let signal = AsyncSignal()
            let waiting = Task { try await signal.wait() }
            let ringing = Task { signal.ring() }
            waiting.cancel()
            await ringing.value
            // Either it was woken, or what was rung is there still.
            if case .failure = await waiting.result { try await signal.wait() }
        }
    }
}
