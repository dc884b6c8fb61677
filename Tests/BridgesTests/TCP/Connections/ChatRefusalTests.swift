import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Middlewares that judge joins, renames and leaves.
@Suite(.timeLimit(.minutes(10))) struct ChatRefusalTests {
    /// Drops the notices that a person's name, or the new one, stands for.
    private struct Refuse: Middleware {
        var names: Set<String>

        func handle(_ message: inout Message) throws -> Verdict {
            if message.text == "error" { throw BridgeError("broken") }
            let name = message.other?.name ?? message.sender.name
            return names.contains(name) ? .drop("hoy no", code: "rate-limited") : .pass
        }
    }

    private static func chain(_ kinds: [Condition.Kind], _ names: String...) -> Chain {
        Chain([
            Chain.Step(
                label: "test", condition: Condition(kinds: kinds),
                middleware: Refuse(names: Set(names)))
        ])
    }

    private static let refusal = "servidor: [rate-limited] hoy no"

    @Test(arguments: ["ana: hola", "ana se ha unido al chat.", "/nick ana", "ana:"])
    func `a dropped join keeps somebody out, and nobody else hears of it`(line: String) async throws
    {
        let host = try await ChatHost { $0.steps = Self.chain([.join], "ana").steps }
        let reader = try await host.client("bob")
        let ana = try await host.client()
        try ana.send("\(line)\n/who\nhola\n")
        #expect(
            try await ana.barrier() == [
                Self.refusal, "servidor: [info] bob (tcp)", "servidor: [ok] 1",
                "servidor: [need-name] Primero di quién eres: NOMBRE: TEXTO, o /nick NOMBRE",
            ])
        #expect(try await reader.barrier() == [])
        // The name is still free, and another one is fine.
        try ana.send("eva: hola\n")
        #expect(try await ana.barrier() == ["eva se ha unido al chat.", "eva: hola"])
    }

    @Test func `a dropped rename leaves the name as it is`() async throws {
        let host = try await ChatHost { $0.steps = Self.chain([.rename], "bob").steps }
        let reader = try await host.client()
        let ana = try await host.client("ana")
        try ana.send("/nick bob\nhola\n/nick eva\n/nick bob\nadiós\n")
        let seen = [
            "ana: hola", "ana ahora es eva.", "eva: adiós",
        ]
        #expect(try await ana.barrier().filter { $0 != Self.refusal } == seen)
        #expect(try await reader.barrier() == ["ana se ha unido al chat."] + seen)
        let bob = try await host.client("bob")
        #expect(try await reader.barrier() == ["bob se ha unido al chat."])
        withExtendedLifetime(bob) {}
    }

    @Test func `a rename is no join`() async throws {
        let host = try await ChatHost { $0.steps = Self.chain([.join], "bob").steps }
        let ana = try await host.client("ana")
        try ana.send("/nick bob\n")
        #expect(try await ana.barrier() == ["ana ahora es bob."])
    }

    @Test func `a dropped join keeps somebody in the room where they are`() async throws {
        let host = try await ChatHost(rooms: ["general", "logs"]) {
            $0.steps = [
                Chain.Step(
                    label: "test", condition: Condition(rooms: [Glob("logs")], kinds: [.join]),
                    middleware: Refuse(names: ["ana"]))
            ]
        }
        let reader = try await host.client("bob")
        let there = try await host.client()
        try there.send("/join logs\n")
        _ = try await there.barrier()
        let ana = try await host.client("ana")
        _ = try await reader.barrier()
        try ana.send("/join logs\nhola\n")
        #expect(try await ana.barrier() == [Self.refusal, "ana: hola"])
        #expect(try await reader.barrier() == ["ana: hola"])
        #expect(try await there.barrier() == [])
    }

    @Test func `nobody is kept from leaving`() async throws {
        let host = try await ChatHost {
            $0.steps = Self.chain([.leave], "ana").steps
        }
        let reader = try await host.client()
        let ana = try await host.client("ana")
        try ana.send("/quit\n")
        #expect(try await ana.rest() == ["ana ha abandonado el chat."])
        #expect(
            try await reader.barrier() == [
                "ana se ha unido al chat.", "ana ha abandonado el chat.",
            ])
    }

    @Test func `a middleware that writes no text into a notice refuses nothing`() async throws {
        struct Shout: Middleware {
            func handle(_ message: inout Message) -> Verdict {
                message.text = message.text.uppercased()
                return .pass
            }
        }
        let host = try await ChatHost {
            $0.steps = [
                Chain.Step(
                    label: "test", condition: Condition(kinds: Condition.Kind.allCases),
                    middleware: Shout())
            ]
        }
        let ana = try await host.client("ana")
        try ana.send("/nick eva\nhola\n")
        #expect(try await ana.barrier() == ["ana ahora es eva.", "eva: HOLA"])
    }
}
