import Foundation
import TestSupport
import Testing

/// A running program that is asked how it is.
@Suite(.timeLimit(.minutes(10))) struct StatusProgramTests {
    private static let status = "\"status\": { \"listen\": \"127.0.0.1:0\" },"
    private static let store = "{ \"path\": \"talk.sqlite\" }"

    private func fetch(_ path: String, port: UInt16) async throws -> LoopbackAnswer {
        try await LoopbackAnswer("GET", path, port: port)
    }

    @Test func `it tells how it is, over HTTP and over its control socket`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat, store: Self.store, more: Self.status)
        let program = try folder.start()
        let port = try await program.port(of: "status")
        _ = try await program.port()
        var ready = try await fetch("/ready", port: port)
        while ready.status == 503 { ready = try await fetch("/ready", port: port) }
        #expect(ready.status == 200)
        #expect(try await fetch("/health", port: port).status == 200)
        let metrics = try await fetch("/metrics", port: port)
        #expect(metrics.text.contains(#"puente_bridge_state{bridge="chat",state="ready"} 1"#))
        #expect(metrics.text.contains("process_cpu_seconds_total "))
        let page = try await fetch("/", port: port)
        #expect(page.text.contains("<html lang=\"en\">"))
        let told = try await folder.result("status")
        #expect(told.status == 0)
        #expect(told.output.first?.hasSuffix(": ready") == true)
        #expect(told.output.contains { $0.hasPrefix("chat ") && $0.contains("ready") })
        let json = try await folder.result("status", "--json")
        #expect(json.status == 0)
        let value = try JSONSerialization.jsonObject(with: Data(json.output.joined().utf8))
        #expect((value as? [String: Any])?["ready"] as? Bool == true)
        program.signal(SIGTERM)
        #expect(try await program.exitStatus() == 0)
        let gone = try await folder.result("status")
        #expect(gone.status == 69)
        #expect(gone.errors.count == 1)
    }

    @Test func `another side that can't be reached is degraded and ready`() async throws {
        let telegram = """
            { "type": "telegram", "token": "1:x", "api": "http://127.0.0.1:1",
              "chats": { "-1": "general" } }
            """
        let folder = try TestFolder(
            bridges: TestFolder.chat, telegram, store: Self.store, more: Self.status)
        let program = try folder.start()
        let port = try await program.port(of: "status")
        var ready = try await fetch("/ready", port: port)
        while ready.status == 503 || !ready.text.contains("degraded") {
            ready = try await fetch("/ready", port: port)
        }
        #expect(ready.text.contains("Telegram does not answer"))
        program.signal(SIGTERM)
        #expect(try await program.exitStatus() == 0)
    }

    @Test func `an address that is taken is told at the start`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat, more: Self.status)
        let program = try folder.start()
        let port = try await program.port(of: "status")
        let other = try TestFolder(
            bridges: TestFolder.chat,
            more: "\"status\": { \"listen\": \"127.0.0.1:\(port)\" },")
        let refused = try await other.result("run")
        #expect(refused.status == 69)
        #expect(
            refused.errors.last
                == "puente: status: bind 127.0.0.1:\(port): address already in use")
        program.signal(SIGTERM)
        _ = try await program.exitStatus()
    }
}
