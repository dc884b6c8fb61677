import MessageBus
import TestSupport
import Testing

@testable import ExecBridge

/// Programs that acknowledge what they get, and keep their checkpoints with what they say.
@Suite(.timeLimit(.minutes(10))) struct DurableExecTests {
    private static let showing = "echo \"$READY\"; cat >&2"

    private static func given(_ host: ExecHost) -> [String] {
        host.test.log.sentences.filter { $0.contains("\"message\"") }
            .compactMap { $0.split(separator: "\"text\":\"").last?.split(separator: "\"").first }
            .map(String.init)
    }

    @Test func `what is not acknowledged comes again, what is does not`() async throws {
        let store = MemoryStore()
        // Acknowledges the second message, and so the first.
        let first = try await ExecHost(
            """
            echo "$READY"
            while read -r line; do
                echo "$line" >&2
                case $line in *'"text":"dos"'*)
                    number=${line#*'"number":'}
                    echo "{\\"type\\":\\"ack\\",\\"number\\":${number%%,*},\\"remote\\":\\"r2\\"}" ;;
                *'"text":"tres"'*) exit 1 ;;
                esac
            done
            """, store: store
        ) { $0.durable = true }
        await first.untilReady()
        var numbers: [MessageNumber] = []
        for text in ["uno", "dos"] { numbers.append(try await first.say(text)) }
        while try await first.port.remoteID(of: numbers[1]) == nil { await first.test.settle() }
        try await first.say("tres")
        await #expect(throws: BridgeError.self) { try await first.run.value }
        #expect(Self.given(first) == ["uno", "dos", "tres"])
        #expect(try await first.port.remoteID(of: numbers[0]) == nil)
        let second = try await ExecHost(Self.showing, store: MemoryStore(store.disk)) {
            $0.durable = true
        }
        await second.logged("\"tres\"")
        #expect(Self.given(second) == ["tres"])
    }

    @Test func `an acknowledgement of what it has not been given changes nothing`() async throws {
        let store = MemoryStore()
        let host = try await ExecHost(
            """
            echo "$READY"; echo '{"type":"ack","number":999999}'; cat >&2
            """, store: store
        ) { $0.durable = true }
        await host.untilReady()
        try await host.say("uno")
        await host.logged("\"uno\"")
        let again = try await ExecHost(Self.showing, store: MemoryStore(store.disk)) {
            $0.durable = true
        }
        await again.logged("\"uno\"")
    }

    @Test func `a checkpoint is stored with what is said, and given to the next run`()
        async throws
    {
        let store = MemoryStore()
        let script = """
            read -r hello; echo "$hello" >&2; echo "$READY"
            echo '{"type":"say","text":"a","id":1,"checkpoint":{"f":"10","g":"x"}}'
            echo '{"type":"say","text":"b","id":2,"checkpoint":{"f":"20"}}'
            cat >&2
            """
        let host = try await ExecHost(script, store: store)
        await host.logged("\"id\":2")
        #expect(store.disk.messages.map(\.text) == ["a", "b"])
        #expect(store.disk.checkpoints["bot"]?["f"] == Array("20".utf8))
        let again = try await ExecHost(script, store: MemoryStore(store.disk))
        #expect(
            await again.logged("\"hello\"").contains("\"checkpoints\":{\"f\":\"20\",\"g\":\"x\"}"))
    }

    @Test func `messages that it is not given don't keep the cursor back`() async throws {
        let store = MemoryStore()
        let host = try await ExecHost(
            """
            echo "$READY"
            while read -r line; do case $line in *'"message"'*)
                number=${line#*'"number":'}
                echo "{\\"type\\":\\"ack\\",\\"number\\":${number%%,*}}" ;; esac; done
            """, store: store
        ) { $0.durable = true }
        await host.untilReady()
        try await host.say("máquina", isAutomatic: true)
        let number = try await host.say("persona")
        let last = try await host.say("máquina", isAutomatic: true)
        while (store.disk.cursors.values.max() ?? 0) < last { await host.test.settle() }
        #expect(last > number)
    }
}
