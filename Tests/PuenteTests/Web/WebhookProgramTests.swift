import Foundation
import TestSupport
import Testing

/// The built program with webhooks, and the examples of their page.
@Suite(.timeLimit(.minutes(10))) struct WebhookProgramTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let examples = ProjectFile.top.appending(
        path: "Tests/PuenteTests/Examples/webhook")

    @Test(arguments: ["bridge.json", "discord.json", "hooks.json"])
    func `the configurations of the page are in order`(file: String) async throws {
        let result = try await RunningProgram.result(
            "check", "--config", file, in: Self.examples,
            environment: [
                "WEBHOOK_SECRET": Self.secret, "SHOP_SECRET": Self.secret,
                "DISCORD_URL": "https://discord.example/api/webhooks/1/x",
                "GITHUB_SECRET": "0123456789abcdef", "SLACK_PATH": "T0/Zm9vYmFyYmF6cXV4cXV1eA",
            ])
        #expect(result.errors == [])
        #expect(result.status == 0)
    }

    @Test func `the receiver of the page takes each message once, over a kill -9`() async throws {
        let port = try LoopbackSocket.freePort()
        let folder = try TestFolder(
            bridges: TestFolder.chat,
            """
            { "type": "webhook", "name": "out", "url": "http://127.0.0.1:\(port)/?SECRET",
              "secret": "\(Self.secret)" }
            """, store: #"{ "path": "puente.sqlite" }"#)
        var daemon = try folder.start()
        var client = try ChatClient(port: try await daemon.port())
        // Nobody is there to take it.
        try client.send("ana: uno\n")
        try await daemon.errors.lines(
            until: "http://127.0.0.1 takes nothing: connect: connection refused. Trying again")
        daemon.signal(SIGKILL)
        _ = try await daemon.exitStatus()
        let output = Pipe()
        let receiver = try TestProcess(
            [
                "/usr/bin/env", "python3",
                Self.examples.appending(path: "receiver.py").path(percentEncoded: false), "\(port)",
            ],
            environment: ProcessInfo.processInfo.environment.merging(
                ["WEBHOOK_SECRET": Self.secret]) { $1 },
            streams: [nil, output.fileHandleForWriting.fileDescriptor, nil])
        try output.fileHandleForWriting.close()
        defer { receiver.signal(SIGKILL) }
        daemon = try folder.start()
        client = try ChatClient(port: try await daemon.port())
        try client.send("ana: dos\n")
        let printed = TestStream(dup(output.fileHandleForReading.fileDescriptor))
        #expect(try await printed.line() == "ana: uno")
        #expect(try await printed.line() == "ana: dos")
        daemon.signal(SIGTERM)
        let (status, out, errors) = try await daemon.result()
        #expect(status == 0)
        #expect((out + errors).filter { $0.contains("SECRET") } == [])
    }

    @Test func `a hook under a web bridge goes on over a reload of what is beside it`()
        async throws
    {
        let bridges = { (limit: Int, text: String) in
            """
            { "type": "web", "listen": "127.0.0.1:0", "maxConnections": \(limit) },
            { "type": "webhook", "name": "one", "hook": { "web": "web", "path": "one",
              "proof": "none", "text": "{/text}" } },
            { "type": "webhook", "name": "two", "hook": { "web": "web", "path": "two",
              "proof": "none", "text": "\(text)" } }
            """
        }
        let configuration = { (limit: Int, text: String) in
            #"{ "language": "en", "bridges": [\#(bridges(limit, text))] }"#
        }
        let folder = try TestFolder()
        try folder.write(configuration(100, "old"))
        let daemon = try folder.start()
        let port = try await daemon.port(of: "web")
        let post = { (path: String) in
            try await LoopbackAnswer(
                "POST", "/hooks/\(path)", ["Content-Type: application/json", "Content-Length: 2"],
                body: "{}", port: port
            ).status
        }
        while try await post("one") == 404 {}
        try folder.write(configuration(200, "new"))
        let reload = try await folder.result("reload")
        #expect(reload.status == 0, "\(reload)")
        // Blank, and so dropped: it is there.
        #expect(try await post("one") == 422)
        #expect(try await post("two") == 200)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }
}
