import Foundation
import TestSupport
import Testing

/// Reloads that bind addresses, which a reload does before it changes anything.
@Suite(.timeLimit(.minutes(10))) struct ListeningReloadTests {
    /// Returns the text of a configuration with an ircd bridge and another one.
    private static func configuration(_ more: String = "", other: String? = nil) -> String {
        """
        { "language": "en",
          "bridges": [{ "type": "ircd", "name": "irc", "listen": "127.0.0.1:0"\(more) }
            \(other.map { ", \($0)" } ?? "")] }
        """
    }

    /// Waits for the answer to a ping; false if the connection is closed first.
    private static func answers(_ client: ChatClient, _ word: String) async throws -> Bool {
        try client.send("PING \(word)\r\n")
        while let line = try await client.line() {
            if line.contains("PONG"), line.contains(word) { return true }
        }
        return false
    }

    @Test(arguments: [
        (#", "websocket": "127.0.0.1:PORT""#, nil),
        (
            #", "historyOnJoin": 1, "buffer": "2MiB""#,
            #"""
            { "type": "webhook", "hook": { "path": "x", "listen": "127.0.0.1:PORT", "text": "x",
              "proof": "none" } }
            """#
        ),
    ])
    func `an address that is taken refuses the reload while all connections stay`(
        more: String, other: String?
    ) async throws {
        let neighbour = try TestFolder(bridges: TestFolder.chat)
        let holder = try neighbour.start()
        let taken = try await holder.port()
        let folder = try TestFolder()
        try folder.write(Self.configuration())
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port(of: "irc"))
        try client.send("NICK ana\r\nUSER ana 0 * :Ana\r\n")
        #expect(try await Self.answers(client, "before"))

        try folder.write(
            Self.configuration(
                more.replacing("PORT", with: "\(taken)"),
                other: other?.replacing("PORT", with: "\(taken)")))
        let reload = try await folder.result("reload")
        #expect(reload.status == 69)
        #expect(reload.errors.last?.contains("address already in use") == true, "\(reload)")
        #expect(try await Self.answers(client, "after"))
        for program in [daemon, holder] {
            program.signal(SIGTERM)
            #expect(try await program.exitStatus() == 0)
        }
    }

    @Test func `a bridge that does not listen yet keeps no reload from the others`() async throws {
        let neighbour = try TestFolder(bridges: TestFolder.chat)
        let holder = try neighbour.start()
        let taken = try await holder.port()
        let folder = try TestFolder()
        // It can't start, and waits for its next attempt.
        let optional =
            #"{ "type": "tcp", "name": "late", "optional": true, "listen": "127.0.0.1:\#(taken)" }"#
        try folder.write(Self.configuration(other: optional))
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port(of: "irc"))
        try folder.write(Self.configuration(#", "historyOnJoin": 1"#, other: optional))
        let reload = try await folder.result("reload")
        #expect(reload.status == 0, "\(reload)")
        try client.send("NICK ana\r\nUSER ana 0 * :Ana\r\n")
        #expect(try await Self.answers(client, "after"))
        for program in [daemon, holder] {
            program.signal(SIGTERM)
            #expect(try await program.exitStatus() == 0)
        }
    }
}
