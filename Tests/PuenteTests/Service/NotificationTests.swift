import Foundation
import TestSupport
import Testing

/// Notifications of the program to a service manager.
@Suite(.timeLimit(.minutes(10))) struct NotificationTests {
    private static let telegram = """
        { "type": "telegram", "token": "123456:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "api": "http://127.0.0.1:1", "chats": { "-1001111111111": "general" } }
        """

    @Test(arguments: [true, false])
    func `it says when it is ready, and when it stops`(hasFile: Bool) async throws {
        let folder = try TestFolder(bridges: TestFolder.chat)
        let manager = try NotificationInbox(path: hasFile ? folder.path(of: "notify") : nil)
        let daemon = try folder.start(
            "run", environment: ["NOTIFY_SOCKET": manager.name])
        #expect(
            try await manager.all(until: "READY=1") == [
                "STATUS=starting", "STATUS=0 of 1 bridge ready, not chat (starting)", "READY=1",
            ])
        #expect(try await manager.next() == "STATUS=1 bridge ready")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(manager.rest() == ["STOPPING=1", "STATUS=stopping"])
    }

    @Test func `it is ready without an optional bridge, and without an answer of Telegram`()
        async throws
    {
        let taken = try TestFolder(bridges: TestFolder.chat).start()
        let port = try await taken.port()
        let folder = try TestFolder(
            bridges: TestFolder.chat, Self.telegram,
            #"{ "type": "tcp", "name": "late", "listen": "127.0.0.1:\#(port)", "optional": true }"#)
        let manager = try NotificationInbox()
        let daemon = try folder.start("run", environment: ["NOTIFY_SOCKET": manager.name])
        try await manager.all(until: "READY=1")
        try await manager.all(
            until: "STATUS=2 of 3 bridges ready, not late (failed, is tried again)")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(manager.rest().contains { $0.contains("READY=1") } == false)
    }

    @Test func `its loop tells the watchdog that it turns`() async throws {
        let folder = try TestFolder(bridges: TestFolder.chat)
        let manager = try NotificationInbox()
        let daemon = try folder.start(
            "run",
            environment: ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "100000"])
        for _ in 0..<5 { try await manager.all(until: "WATCHDOG=1") }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a watchdog for another process is none of its business`() async throws {
        let folder = try TestFolder(bridges: TestFolder.chat)
        let manager = try NotificationInbox()
        let daemon = try folder.start(
            "run",
            environment: [
                "NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "2000", "WATCHDOG_PID": "1",
            ])
        try await manager.all(until: "STATUS=1 bridge ready")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(manager.rest() == ["STOPPING=1", "STATUS=stopping"])
    }

    @Test func `the variables are gone before bridge.json is read`() async throws {
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID"] {
            let folder = try TestFolder(
                bridges: #"{ "type": "tcp", "greeting": "${env:\#(name)}" }"#)
            let result = try await folder.result(
                "run", environment: [name: "1"])
            #expect(result.status == 78, "\(name)")
        }
    }

    @Test func `where nobody takes notifications it works all the same, and says so once`()
        async throws
    {
        let folder = try TestFolder(bridges: TestFolder.chat)
        for name in ["/nowhere/notify", "vsock:2:1234"] {
            let daemon = try folder.start("run", environment: ["NOTIFY_SOCKET": name])
            let lines = try await daemon.portOrEnd().lines
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
            let words = lines.filter { $0.contains("the service manager is not told: ") }
            #expect(words.count == 1, "\(lines)")
        }
    }

    @Test func `in the journal its lines have a level in front, and no time`() async throws {
        let journal = "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)"
        let folder = try TestFolder(bridges: TestFolder.chat)
        let daemon = try RunningProgram(["run"], in: folder.url, limits: journal)
        try await daemon.errors.lines(until: "listening on")
        daemon.signal(SIGTERM)
        let lines = try await daemon.result().errors
        #expect(lines.last == "<6>info stopped")
        try folder.write(#"{ "log": { "format": "json" }, "bridges": [\#(TestFolder.chat)] }"#)
        let second = try RunningProgram(["run"], in: folder.url, limits: journal)
        try await second.errors.lines(until: "127.0.0.1:")
        second.signal(SIGTERM)
        let json = try await second.result().errors
        #expect(json.last == #"<6>{"level":"info","message":"stopped"}"#)
        try folder.write("{ \"bridges\": [1,\n 2] }")
        let third = try RunningProgram(["run"], in: folder.url, limits: journal)
        let problems = try await third.result().errors
        #expect(problems.count > 1 && problems.allSatisfy { $0.hasPrefix("<3>") })
    }

    @Test func `the journal of somebody else is not its own`() async throws {
        let folder = try TestFolder(bridges: TestFolder.chat)
        let daemon = try folder.start("run", environment: ["JOURNAL_STREAM": "9:1234"])
        _ = try await daemon.port()
        daemon.signal(SIGTERM)
        let lines = try await daemon.result().errors
        #expect(lines.last?.hasSuffix("Z info stopped") == true)
    }
}
