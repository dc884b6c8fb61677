import TestSupport
import Testing

/// Servers that stop, many of them at once: nothing of one is called when it is gone.
@Suite(.timeLimit(.minutes(10))) struct StopTests {
    @Test(arguments: 0..<16)
    func `a server that has stopped is not called any more`(number: Int) async throws {
        for _ in 0..<4 {
            let host = try await WebHost(store: MemoryStore())
            if number % 2 == 0 {
                // With nobody there, the server has ended before the bus ends.
                try await host.stop()
                await host.pass(seconds: 1)
                continue
            }
            let ana = try await host.client("ana")
            try ana.say("hi", id: "1")
            try await ana.until("ana: hi")
            _ = try await host.ask("GET", "/api/rooms/general/messages")
            try await host.stop {
                let (_, code) = try await ana.rest()
                #expect(code == 1001)
                ana.socket.close()
            }
            for _ in 0..<20 { await host.test.settle() }
        }
    }
}
