import MessageBus
import Sockets
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

@Suite(.timeLimit(.minutes(10))) struct ChatStormTests {
    @Test func `a thousand come, name themselves and leave, each told once`() async throws {
        Descriptors.raiseLimit()
        let count = 1_000
        let host = try await ChatHost { $0.options.maxPerAddress = 2 * count }
        let observer = try await host.client()
        let port = host.ports[0]
        let clients = try await DedicatedThread.run(named: "storm") {
            Result {
                try (0..<count).map { index in
                    let client = try ChatClient(port: port)
                    try client.send("s\(index):\n")
                    return client
                }
            }
        }.get()
        let joined = try await observer.lines(count)
        #expect(Set(joined) == Set((0..<count).map { "s\($0) se ha unido al chat." }))
        try await DedicatedThread.run(named: "storm") {
            for (index, client) in clients.enumerated() {
                switch index % 4 {
                case 0: client.close()
                case 1: client.reset()
                case 2: client.finishSending()
                default: try? client.send("/quit\n")
                }
            }
        }
        let left = try await observer.lines(count)
        #expect(Set(left) == Set((0..<count).map { "s\($0) ha abandonado el chat." }))
        #expect(try await observer.barrier() == [])
    }

    @Test func `a connection that is gone before it was read is announced once too`() async throws {
        Descriptors.raiseLimit()
        let count = 300
        let host = try await ChatHost()
        let observer = try await host.client()
        let port = host.ports[0]
        try await DedicatedThread.run(named: "storm") {
            Result {
                for index in 0..<count {
                    let client = try ChatClient(port: port)
                    // It has read none of the lines of others, so closing is a reset.
                    try client.send("s\(index): hola\n")
                    client.close()
                }
            }
        }.get()
        let seen = try await observer.lines(3 * count)
        for ending in [" se ha unido al chat.", ": hola", " ha abandonado el chat."] {
            #expect(
                Set(seen.filter { $0.hasSuffix(ending) })
                    == Set((0..<count).map { "s\($0)\(ending)" }))
        }
        #expect(try await observer.barrier() == [])
    }
}
