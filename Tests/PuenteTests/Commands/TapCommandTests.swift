import Foundation
import Glibc
import MessageBus
import TestSupport
import Testing

/// The command that shows the messages of a running daemon.
@Suite(.timeLimit(.minutes(10))) struct TapCommandTests {
    /// Starts a daemon with a chain, and returns its folder and a client.
    private func start(
        _ chain: String
    ) async throws -> (folder: TestFolder, daemon: RunningProgram, client: ChatClient) {
        let folder = try TestFolder(
            bridges: TestFolder.chat, store: #"{ "path": "talk.sqlite" }"#,
            more: "\"middleware\": [\(chain)],")
        let daemon = try folder.start()
        return (folder, daemon, try ChatClient(port: try await daemon.port()))
    }

    /// Starts to look on, and returns when everything from now on is seen.
    private func tap(_ folder: TestFolder, _ arguments: String...) async throws -> RunningProgram {
        let tap = try RunningProgram(["tap"] + arguments, in: folder.url, keeping: folder)
        #expect(
            try await tap.errors.line()
                == "puente: showing what passes from now on; control-C ends it")
        return tap
    }

    /// Returns a line without the number and the time.
    private func rest(_ line: String?) -> String {
        line?.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).last
            .map(String.init) ?? ""
    }

    @Test func `a daemon that hangs is told of, and not waited for`() async throws {
        let (folder, daemon, _) = try await start("")
        daemon.signal(SIGSTOP)
        defer { daemon.signal(SIGCONT) }
        let tap = try RunningProgram(["tap"], in: folder.url, keeping: folder)
        let (status, _, errors) = try await tap.result()
        #expect(status == 69)
        #expect(errors.last?.hasSuffix("did not answer within 5.0 s") == true, "\(errors)")
    }

    @Test func `a tap shows what passes, and what each step decided`() async throws {
        let (folder, daemon, client) = try await start(
            #"""
            { "type": "replace", "rules": [{ "find": "lunes", "with": "martes" }] },
            { "type": "filter", "drop": ["casino"], "reason": "aquí no" }
            """#)
        let tap = try await tap(folder)
        let dropped = try await self.tap(folder, "--verdict", "dropped", "--json")
        let some = try await self.tap(folder, "--where", "cena$", "--bridge", "chat")
        try client.send("ana: el lunes\nana: al casino\nana: cena\n/msg ana secreto\n")
        try await client.barrier()
        #expect(rest(try await tap.output.line()) == "general  ana: el martes")
        #expect(try await tap.output.line() == "    changed by middleware[0] replace")
        #expect(rest(try await tap.output.line()) == "general  ana: al casino")
        #expect(
            try await tap.output.line() == "    dropped by middleware[1] filter: [dropped] aquí no")
        #expect(rest(try await tap.output.line()) == "general  ana: cena")
        #expect(rest(try await tap.output.line()) == "general  ana → ana: (private, 7 bytes)")
        #expect(rest(try await some.output.line()) == "general  ana: cena")
        let json = try #require(try await dropped.output.line())
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["text"] as? String == "al casino")
        #expect(object["verdict"] as? String == "dropped")
        #expect((object["time"] as? String)?.hasSuffix("Z") == true)
        let step = (object["steps"] as? [[String: Any]])?.last
        #expect(step?["step"] as? String == "middleware[1] filter")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(try await tap.exitStatus() == 69)
    }

    @Test func `what is dropped where secrets are masked is shown without its text`() async throws {
        let (folder, daemon, client) = try await start(
            #"{ "type": "filter", "drop": ["casino"] }, { "type": "redact" }"#)
        let tap = try await tap(folder)
        try client.send("ana: casino 123456\nana: hola\n")
        try await client.barrier()
        #expect(rest(try await tap.output.line()) == "general  ana: (13 bytes, not shown)")
        #expect(try await tap.output.line()?.hasPrefix("    dropped by middleware[0]") == true)
        #expect(rest(try await tap.output.line()) == "general  ana: hola")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `rooms and bridges that there are not, and bad patterns, are told`() async throws {
        let (folder, daemon, _) = try await start("")
        let room = try await folder.result("tap", "--room", "genral")
        #expect(room.status == 69)
        #expect(
            room.errors == ["puente: there is no room \"genral\"; did you mean \"general\"?"])
        #expect(try await folder.result("tap", "--bridge", "chta").status == 69)
        let pattern = try await folder.result("tap", "--where", "a(")
        #expect(pattern.status == 64)
        #expect(pattern.errors.first?.hasPrefix("puente: --where: expected a regular") == true)
        #expect(try await folder.result("tap", "--verdict", "x").status == 64)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        let nobody = try await folder.result("tap")
        #expect(nobody.status == 69)
        #expect(nobody.errors.first?.hasPrefix("puente: no daemon answers on ") == true)
    }
}
