import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct StartTests {
    @Test func `a port that is taken is said with the bridge, and 69`() async throws {
        let first = try TestFolder(bridges: TestFolder.chat).start()
        let port = try await first.port()
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "name": "chat", "listen": "127.0.0.1:\#(port)" }"#,
            #"{ "type": "stdio" }"#)
        let second = try folder.start()
        let (status, output, errors) = try await second.result()
        #expect(status == 69)
        #expect(output == [])
        #expect(errors.last == "puente: chat: bind 127.0.0.1:\(port): address already in use")
        // The first is not disturbed.
        let client = try ChatClient(port: port)
        try client.send("ana: hi\n")
        #expect(try await client.lines(2) == ["ana joined the chat.", "ana: hi"])
    }

    @Test func `in a json log the reason is an object too`() async throws {
        let first = try TestFolder(bridges: TestFolder.chat).start()
        let port = try await first.port()
        let json = #""log": { "format": "json", "level": "error" },"#
        let second = try TestFolder(
            bridges: #"{ "type": "tcp", "name": "chat", "listen": "127.0.0.1:\#(port)" }"#,
            more: json)
        let third = try TestFolder(
            bridges: TestFolder.chat,
            more: json + #" "middleware": [{ "type": "log", "file": "nowhere/all.log" }],"#)
        for (folder, bridge, sentence) in [
            (second, "chat", "bind 127.0.0.1:\(port): address already in use"),
            (third, nil, "open nowhere/all.log: no such file or directory"),
        ] {
            let (status, _, errors) = try await folder.result("run")
            #expect(status == 69)
            let data = Data(try #require(errors.last).utf8)
            let entry = try JSONSerialization.jsonObject(with: data) as? [String: String]
            #expect(entry?["message"] == sentence)
            #expect(entry?["bridge"] == bridge)
            #expect(entry?["level"] == "error")
        }
    }

    @Test func `a socket file that a killed daemon has left is taken over`() async throws {
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "listen": "unix:socket", "greeting": "" }"#)
        let path = folder.url.appending(path: "socket").path
        for _ in 0..<2 {
            let daemon = try folder.start()
            try await daemon.errors.lines(until: "listening on unix:")
            let client = try await UnixClient(path)
            client.send("ana: hi\n")
            #expect(try await client.stream.line() == "ana joined the chat.")
            daemon.signal(SIGKILL)
            #expect(try await daemon.exitStatus() == 128 + SIGKILL)
        }
        let last = try folder.start()
        try await last.errors.lines(until: "listening on unix:")
        // While one listens another can't.
        #expect(try await folder.result("run").status == 69)
        last.signal(SIGTERM)
        #expect(try await last.exitStatus() == 0)
    }

    @Test func `an optional bridge that can't start stops nothing and is tried again`() async throws
    {
        // No other test gets it in between.
        let port = try LoopbackSocket.freePort()
        let first = try TestFolder(
            bridges: #"{ "type": "tcp", "name": "chat", "listen": "127.0.0.1:\#(port)" }"#
        ).start()
        #expect(try await first.port() == port)
        let folder = try TestFolder(
            bridges: """
                { "type": "tcp", "name": "late", "listen": "127.0.0.1:\(port)", "optional": true }
                """, TestFolder.chat)
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: hi\n")
        #expect(try await client.lines(2) == ["ana joined the chat.", "ana: hi"])
        // When the port is free the bridge takes it.
        first.signal(SIGTERM)
        #expect(try await first.exitStatus() == 0)
        #expect(try await daemon.port(of: "late") == port)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `why an optional bridge can't start is in the log`() async throws {
        let first = try TestFolder(bridges: TestFolder.chat).start()
        let port = try await first.port()
        let daemon = try TestFolder(
            bridges: """
                { "type": "tcp", "name": "late", "listen": "127.0.0.1:\(port)", "optional": true }
                """
        ).start()
        let line = try await daemon.errors.lines(until: "trying again").last
        let reason = " error late: bind 127.0.0.1:\(port): address already in use; trying again in "
        #expect(line?.contains(reason) == true, "\(line ?? "")")
    }

    @Test func `a file of a middleware that can't be opened is said, and 69`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat,
            more: #""middleware": [{ "type": "log", "file": "nowhere/all.log" }],"#)
        let (status, _, errors) = try await folder.result("run")
        #expect(status == 69)
        #expect(errors.last == "puente: open nowhere/all.log: no such file or directory")
    }

    @Test(arguments: [("en", "listening on "), ("es", "escuchando en ")])
    func `it says where it listens at every level`(
        language: String, words: String
    ) async throws {
        let folder = try TestFolder()
        try folder.write(
            """
            { "language": "\(language)", "log": { "level": "error" }, "store": null,
              "bridges": [\(TestFolder.chat)] }
            """)
        let daemon = try folder.start()
        let line = try await daemon.errors.line()
        #expect(line?.contains(" chat: \(words)127.0.0.1:") == true, "\(line ?? "")")
        daemon.signal(SIGTERM)
        #expect(try await daemon.result().errors == [])
    }

    @Test(arguments: [
        (
            "en", "ana joined the chat.",
            "server: [unknown-user] There is nobody with that name here."
        ),
        (
            "es", "ana se ha unido al chat.",
            "servidor: [unknown-user] Aquí no hay nadie con ese nombre."
        ),
    ])
    func `people are spoken to in the language of the file`(
        language: String, notice: String, answer: String
    ) async throws {
        let folder = try TestFolder()
        try folder.write(
            #"{ "language": "\#(language)", "store": null, "bridges": [\#(TestFolder.chat)] }"#)
        let daemon = try folder.start()
        let words = language == "en" ? "listening on " : "escuchando en "
        let client = try ChatClient(port: try await daemon.port(words: words))
        try client.send("ana:\n/msg bob hi\n")
        #expect(try await client.lines(2) == [notice, answer])
    }

    @Test func `a json log is one object in each line whatever is said`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat,
            more: """
                "log": { "format": "json", "level": "debug" }, "middleware": [{ "type": "log" }],
                """)
        let daemon = try folder.start()
        let announcement = try #require(
            try await daemon.errors.lines(until: "listening on").last)
        let port = announcement.split(separator: ":").last.flatMap {
            UInt16($0.prefix { $0 != "\"" })
        }
        let client = try ChatClient(port: try #require(port))
        let text = #"ana: "quoted" \back\slash {"a":1} ¿ñ? 👋 \u0000 tab"# + "\t."
        try client.send(text + "\n")
        #expect(try await client.lines(2).last == text)
        daemon.signal(SIGTERM)
        let lines = try await daemon.result().errors
        #expect(lines.count > 2)
        var sentences: [String] = []
        for line in lines + [announcement] {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let entry = try #require(object as? [String: String], "\(line)")
            #expect(Set(entry.keys).isSuperset(of: ["time", "level", "message"]), "\(line)")
            sentences.append(entry["message"] ?? "")
        }
        #expect(sentences.contains { $0.hasSuffix(text) }, "\(sentences)")
    }
}
