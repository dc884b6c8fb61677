import AllocationCounter
import MessageBus
import TestSupport
import Testing

@testable import TCPBridge
@testable import TCPBridgeTests

/// The allocations that a line costs on the loop's thread; counted, not timed.
@Suite(.timeLimit(.minutes(10)), .serialized) struct ChatAllocationTests {
    private struct Validate: Middleware {
        func handle(_ message: inout Message) -> Verdict {
            message.body.isEmpty || message.body.count > 4_000 ? .drop("no") : .pass
        }
    }

    private struct Limit: Middleware {
        private var counts: [UInt64: Int] = [:]
        mutating func handle(_ message: inout Message) -> Verdict {
            counts[message.sender.identity, default: 0] += 1
            return message.arrival < .seconds(1 << 40) ? .pass : .drop("no")
        }
    }

    private struct Filter: Middleware {
        func handle(_ message: inout Message) -> Verdict {
            message.body.contains("prohibida") ? .drop("no") : .pass
        }
    }

    private static let lines = 1_000
    #if DEBUG
        // Code that is not optimised boxes its arguments, four times for a line.
        private static let bound = 60
    #else
        private static let bound = 1
    #endif

    /// Returns the allocations of the loop's thread while so many lines go to so many readers.
    private func allocations(readers count: Int) async throws -> Int {
        let host = try await ChatHost(middlewares: [Validate(), Limit(), Filter()]) {
            $0.options.echo = false
        }
        let ana = try await host.client("ana")
        var readers: [ChatClient] = []
        for _ in 0..<count { readers.append(try await host.client()) }
        let text = String(repeating: "ana: a line like any other one\n", count: Self.lines)
        var least = Int.max
        // The first rounds fill buffers and the room's log; the smallest count is the cost.
        for _ in 0..<8 {
            // From the second round on nobody else has been read lately, and a turn takes a whole
            // read.
            host.test.advance(by: .seconds(1))
            let before = await Self.counted(host)
            try ana.send(text)
            for reader in readers { _ = try await reader.lines(Self.lines) }
            least = min(least, await Self.counted(host) - before)
        }
        return least
    }

    private static func counted(_ host: ChatHost) async -> Int {
        await host.test.bus.perform { _ in Int(allocation_count()) }
    }

    @Test func `a line costs nothing per delivery and next to nothing to read`() async throws {
        let one = try await allocations(readers: 1)
        let hundred = try await allocations(readers: 100)
        // 99,000 deliveries more; a turn may cost each reader one or two.
        #expect(hundred - one < 400, "\(one) with one reader, \(hundred) with a hundred")
        #expect(one < Self.lines * Self.bound / 10, "\(one) for \(Self.lines) lines")
    }
}
