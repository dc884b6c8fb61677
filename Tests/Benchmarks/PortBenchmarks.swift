import AllocationCounter
import Chat
import MessageBus
import TCPBridge
import TestSupport

extension [Benchmark] {
    /// The calls of bridges, on a bus on a loop of its own.
    ///
    /// Allocations are those of the loop's thread.
    static func ports() async throws -> [Benchmark] {
        [
            try await publishing(256), try await publishing(1), try await reading(),
            try await chatting(),
        ]
    }

    private static func publishing(_ count: Int) async throws -> Benchmark {
        let bus = try TestBus(namePolicy: .chat(.es))
        let port = await bus.port("benchmark")
        let drafts = (0..<count).map { _ in Draft(Samples.plain, from: "ana") }
        return Benchmark(
            "publish by a port, \(count) at a time", lines: count
        ) { times in
            try await bus.countAllocations {
                for _ in 0..<times { try await port.publish(drafts) }
            }
        }
    }

    private static func reading() async throws -> Benchmark {
        let bus = try TestBus(namePolicy: .chat(.es))
        let writer = await bus.port("writer")
        let reader = await bus.port("reader")
        // Fewer than a log keeps, so that nothing is skipped.
        let count = 32_768
        for _ in 0..<count / 256 {
            try await writer.publish((0..<256).map { _ in Draft(Samples.plain, from: "ana") })
        }
        return Benchmark("read by a port, 256 at a time", lines: count) { times in
            try await bus.countAllocations {
                for _ in 0..<times {
                    // Each begins where the bridge did.
                    var messages = reader.messages.makeAsyncIterator()
                    var left = count
                    while left > 0, let batch = await messages.nextBatch() { left -= batch.count }
                }
            }
        }
    }

    /// The whole way of a line, with a client at its other end and the kernel between.
    private static func chatting() async throws -> Benchmark {
        let chat = try await Chat()
        let read = Samples.read
        return Benchmark(
            "tcp, from a client's write to the room's log", lines: Samples.linesInRead
        ) { times in
            try await chat.bus.countAllocations {
                for _ in 0..<times { try await chat.client.sendMuch(read) }
                try await chat.client.barrier()
            }
        }
    }
}

extension TestBus {
    /// The allocations that the loop's thread makes while a function runs.
    fileprivate func countAllocations(_ body: () async throws -> Void) async throws -> UInt64 {
        let before = await bus.perform { _ in allocation_count() }
        try await body()
        return await bus.perform { _ in allocation_count() } - before
    }
}

/// A tcp bridge and somebody who talks there.
private final class Chat {
    let bus: TestBus
    let client: ChatClient

    init() async throws {
        let bus = try TestBus(namePolicy: .chat(.es))
        var options = TCP.Options()
        options.listen = .network(host: "127.0.0.1", port: 0)
        options.echo = false
        let context = Context(
            name: "benchmark", language: .es, log: bus.log.log, executor: bus.loop,
            files: { _ in RecordedLines() })
        let bridge = TCP(options, context)
        let port = await bus.port("tcp")
        Task { try await bus.run(bridge, on: port) }
        let entry = await bus.log.first { $0.sentence.contains("127.0.0.1:") }
        client = try ChatClient(
            port: entry.sentence.split(separator: ":").last.flatMap { UInt16($0) } ?? 0)
        self.bus = bus
        try client.send("ana:\n")
        try await client.barrier()
    }
}
