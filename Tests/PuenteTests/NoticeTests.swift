import Glibc
import TestSupport
import Testing

/// The chain's effect on joins and renames, configured by bridge.json.
@Suite(.timeLimit(.minutes(10))) struct NoticeTests {
    @Test func `a filter of joins and renames refuses names, and tells why`() async throws {
        let filter = """
            { "type": "filter", "drop": ["(?i)^profe"], "kinds": ["join", "rename"],
              "reason": "that name is the teacher's" }
            """
        let folder = try TestFolder(
            bridges: TestFolder.chat, more: #""middleware": [\#(filter)],"#)
        let daemon = try folder.start()
        let port = try await daemon.port()
        let reader = try ChatClient(port: port)
        _ = try await reader.barrier()
        let client = try ChatClient(port: port)
        let refusal = "server: [dropped] that name is the teacher's"
        try client.send("Profe: hola\nｐｒｏｆe joined the chat.\n/nick PROFESOR\n")
        #expect(try await client.barrier() == [refusal, refusal, refusal])
        try client.send("bob: hola\n/nick profe\nprofe: hola\n")
        let lines = try await client.barrier()
        #expect(lines.filter { $0 == refusal }.count == 1, "\(lines)")
        #expect(lines.first == "bob joined the chat.")
        #expect(try await reader.barrier().allSatisfy { $0.hasPrefix("bob") })
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }
}
