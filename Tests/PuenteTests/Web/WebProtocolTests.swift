import Foundation
import Glibc
import Testing

/// The examples of the web protocol's page, played against the built program.
@Suite struct WebProtocolTests {
    @Test func `the conversation happens as the page shows it`() async throws {
        let folder = try TestFolder()
        try folder.write(
            ProjectFile("\(Self.examples)/bridge.json").text
                .replacing("127.0.0.1:8080", with: "127.0.0.1:0"))
        let daemon = try folder.start(environment: ["CI_TOKEN": "0123456789abcdef"])
        let port = try await daemon.port(of: "web")
        var clients: [Substring: PageSocket] = [:]
        let conversation = try ProjectFile("\(Self.examples)/conversation.txt")
        for (index, line) in conversation.lines.enumerated() where !line.isEmpty {
            let words = line.split(separator: " ", maxSplits: 2)
            let who = words[0]
            if words[1] == "→" {
                // Somebody who says hello again has lost the connection.
                if clients[who] == nil || words[2].contains(#""type":"hello""#) {
                    clients[who] = try await PageSocket(port: port)
                }
                try clients[who]?.send(String(words[2]))
                continue
            }
            let said = try await #require(clients[who]).next()
            let expected = words[1] == "closed" ? "closed \(words[2])" : String(words[2])
            try #require(Self.timeless(said) == Self.timeless(expected), "line \(index + 1)")
        }
    }

    @Test func `what its speaker has read survives a kill -9`() async throws {
        let folder = try TestFolder(
            bridges: #"{ "type": "web", "listen": "127.0.0.1:0" }"#,
            store: #"{ "path": "talk.sqlite" }"#)
        var said: [String] = []
        for round in 1...5 {
            let daemon = try folder.start()
            let socket = try await PageSocket(port: try await daemon.port(of: "web"))
            try socket.send(
                #"{"type":"hello","session":"4Zq1yTq0cVbW8nKxRz7uJg","name":"ana"}"#)
            for text in ["\(round) one", "\(round) two"] {
                try socket.send(
                    #"{"type":"say","room":"general","text":"\#(text)","id":"\#(text)"}"#)
                while !(try await socket.next().contains(#""id":"\#(text)""#)) {}
                said.append(text)
            }
            daemon.signal(SIGKILL)
            #expect(try await daemon.exitStatus() == 128 + SIGKILL)
        }
        let history = try await folder.result("history").output
        #expect(history.filter { $0.contains("ana: ") }.count == said.count)
        for (line, text) in zip(history.filter { $0.contains("ana: ") }, said) {
            #expect(line.hasSuffix(": \(text)"))
        }
    }

    @Test func `every type of message that clients may send is shown`() throws {
        let page = try ProjectFile("Sources/puente/Puente.docc/TheWebProtocol.md").text
        let types = [
            "hello", "say", "whisper", "enter", "leave", "rename", "login", "register", "password",
            "delete", "history", "search", "people", "seen", "bye", "command",
        ]
        for type in types { #expect(page.contains(#"{"type":"\#(type)""#), "\(type)") }
        let section = try #require(page.firstMatch(of: /### All messages of a client\n([^#]*)/))
        let rows = section.1.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let listed = rows.flatMap { row in
            row.split(separator: "|")[0].matches(of: /`([a-z]+)`/).map { String($0.1) }
        }
        #expect(Set(listed) == Set(types + ["type", "unregister"]))
    }

    private static let examples = "Tests/PuenteTests/Examples/web"

    /// Returns a message with the same time as every other, from the same run.
    private static func timeless(_ message: String) -> String {
        message.replacing(/"time":\d+/, with: #""time":0"#)
            .replacing(/"run":"[0-9a-z]+"/, with: #""run":"""#)
    }
}
