import MessageBus
import Glibc
import TestSupport
import Testing

/// The history on the command line.
@Suite(.timeLimit(.minutes(10))) struct HistoryCommandsTests {
    private func folder() throws -> TestFolder {
        try TestFolder(
            bridges: TestFolder.chat, store: #"{ "path": "talk.sqlite" }"#,
            more: #""middleware": [{ "type": "filter", "drop": ["casino"] }],"#)
    }

    @Test func `messages are shown while the daemon runs and afterwards`() async throws {
        let folder = try folder()
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: ¡qué canción!\nana: ¿al casino?\nana: adiós\n/search adios\n")
        // The command's answer proves that everything before it was taken; a commit later it is
        // stored.
        while try await client.line()?.contains("[ok] 1") == false {}
        let follower = try folder.start("history", "--follow", "--last", "1")
        #expect(try await follower.output.line()?.hasSuffix(" general  ana: adiós") == true)
        try client.send("ana: sigo\n")
        #expect(try await follower.output.line()?.hasSuffix(" general  ana: sigo") == true)
        follower.signal(SIGINT)
        #expect(try await follower.exitStatus() == 128 + SIGINT)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)

        let json = try await folder.result("history", "--json")
        #expect(json.status == 0)
        #expect(json.output.count == 3)
        let first = try #require(json.output.first)
        let place = #""room":"general","kind":"message","sender":"ana","bridge":"chat""#
        #expect(first.contains(place))
        #expect(first.hasSuffix(#""text":"¡qué canción!","replyTo":null}"#))
        let found = try await folder.result("search", "CANCION")
        #expect(found.output.map { $0.hasSuffix(" general  ana: ¡qué canción!") } == [true])
        #expect(try await folder.result("history", "--last", "1").output.count == 1)
        #expect(try await folder.result("history", "--since", "1h").output.count == 3)
        let nowhere = try await folder.result("history", "--room", "loby")
        #expect(nowhere.status == 69)
        #expect(nowhere.errors.first?.hasSuffix("nothing was ever said in a room \"loby\"") == true)
    }

    @Test func `why says which step dropped a message, and that it knows nothing`() async throws {
        let folder = try folder()
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: hola\n/history\n")
        var number: MessageNumber?
        while number == nil, let line = try await client.line() {
            let word = line.split(separator: " ").first { $0.hasPrefix("#") }
            number = word.flatMap { MessageNumber($0.dropFirst()) }
        }
        let said = try #require(number)
        try client.send("ana: casino\n")
        try await client.barrier()
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        let dropped = try await folder.result("why", "\(said + 1)")
        #expect(dropped.status == 0)
        #expect(
            dropped.output.contains { $0.hasPrefix("dropped by  middleware[0] filter: [dropped]") })
        #expect(dropped.output.contains("came by     chat"))
        let passed = try await folder.result("why", "#\(said)")
        #expect(passed.output.contains("chain       passed, unchanged"))
        let unknown = try await folder.result("why", "999999999")
        #expect(unknown.status == 69)
        #expect(unknown.errors.first?.hasPrefix("puente: nothing is known of #999999999") == true)
    }

    @Test func `without a store there is nothing to show, and that is said`() async throws {
        let folder = try TestFolder(bridges: TestFolder.chat)
        let none = try await folder.result("history")
        #expect(none.status == 69)
        #expect(none.errors == ["puente: bridge.json: \"store\" is null: nothing is kept"])
        let early = try await self.folder().result("search", "hola")
        #expect(early.status == 69)
        #expect(early.errors.first?.contains("talk.sqlite: there is no such file") == true)
    }

    @Test func `a mistake elsewhere in the file does not keep anybody from looking`() async throws {
        let folder = try folder()
        let daemon = try folder.start()
        _ = try await daemon.port()
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        try folder.write(
            #"{ "store": { "path": "talk.sqlite" }, "bridges": [{ "token": "${env:NOT_THERE}" }] }"#
        )
        let (status, output, errors) = try await folder.result("history")
        #expect(status == 0)
        #expect(output == [] && errors == [])
    }
}
