import Testing

@testable import Bridges

@Suite(.timeLimit(.minutes(10))) struct BellTests {
    @Test func `who waits is woken, and who comes later does not wait`() async throws {
        let bell = AsyncSignal()
        let waiting = Task { try await bell.wait() }
        bell.ring()
        try await waiting.value
        bell.ring()
        bell.ring()
        try await bell.wait()
        let next = Task { try await bell.wait() }
        next.cancel()
        await #expect(throws: CancellationError.self) { try await next.value }
    }

    @Test func `whoever was cancelled takes nothing from the next one`() async throws {
        let bell = AsyncSignal()
        bell.ring()
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await bell.wait()
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        try await bell.wait()
    }

    @Test func `however ringing and cancelling fall together, nobody waits for ever`() async throws
    {
        for _ in 0..<2_000 {
            let bell = AsyncSignal()
            let waiting = Task { try await bell.wait() }
            let ringing = Task { bell.ring() }
            waiting.cancel()
            await ringing.value
            // Either it was woken, or what was rung is there still.
            if case .failure = await waiting.result { try await bell.wait() }
        }
    }
}
