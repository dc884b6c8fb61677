import MessageBus
import TestSupport

@testable import StdioBridge

/// A bridge between two pipes, running on a bus of its own.
struct StdioFixture {
    let bus: TestBus
    /// Somebody else on the bus.
    let other: Port
    let input: TestPipe
    let output: TestPipe
    let port: Port
    let run: Task<Void, any Error>

    static func make(
        direction: Direction = .both, language: Language = .es, middlewares: [any Middleware] = [],
        fills: Bool = false, store: any MessageStore = VolatileStore(),
        _ configure: (inout Stdio.Options) -> Void = { _ in }
    ) async throws -> StdioFixture {
        let bus = try TestBus(language: language, middlewares: middlewares, store: store)
        let (input, output) = (try TestPipe(), try TestPipe())
        if fills { output.fill() }
        var options = Stdio.Options()
        options.sender = "operador"
        configure(&options)
        let other = await bus.port("tcp", senderFormat: "{name}")
        let port = await bus.port("stdio", direction: direction)
        let bridge = Stdio(options, input: input.readEnd, output: output.writeEnd)
        let run = Task { try await bus.run(bridge, on: port) }
        await pollUntil {
            if run.isCancelled { return true }
            return await bus.bus.isReady(port.attachment)
        }
        return StdioFixture(
            bus: bus, other: other, input: input, output: output, port: port, run: run)
    }

    /// The next messages, as the others on the bus get them.
    func messages(_ count: Int) async -> [String] {
        var result: [String] = []
        for await message in other.messages {
            result.append("\(message.sender.name): \(message.text)")
            if result.count == count { break }
        }
        return result
    }

    /// Ends the bus and the bridge.
    func stop() async throws {
        bus.stop()
        try await run.value
    }
}
