import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct StopTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends it well`(signal: Int32) async throws {
        let daemon = try TestFolder(bridges: TestFolder.chat).start()
        _ = try await daemon.port()
        daemon.signal(signal)
        let (status, output, errors) = try await daemon.result()
        #expect(status == 0)
        #expect(output == [])
        #expect(errors.last?.hasSuffix(" info stopped") == true)
    }

    @Test(arguments: [SIGHUP, SIGUSR1])
    func `without a terminal whoever rotates its logs does not end it`(signal: Int32) async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat,
            more: #""middleware": [{ "type": "log", "file": "chat.log" }],"#)
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: one\n")
        try await client.barrier()
        // The daemon shares the terminal of the tests, and SIGHUP would stop it.
        if signal == SIGHUP, open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY) >= 0 { return }
        let log = folder.url.appending(path: "chat.log")
        try await pollUntil { try !String(contentsOf: log, encoding: .utf8).isEmpty }
        try FileManager.default.moveItem(at: log, to: folder.url.appending(path: "chat.log.1"))
        daemon.signal(signal)
        await pollUntil { FileManager.default.fileExists(atPath: log.path) }
        try client.send("ana: two\n")
        try await client.barrier()
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(try String(contentsOf: log, encoding: .utf8).hasSuffix("ana: two\n"))
    }

    @Test func `SIGHUP is ignored under nohup`() async throws {
        let folder = try TestFolder(bridges: TestFolder.chat)
        let second = try RunningProgram(["run"], in: folder.url, ignoring: "HUP")
        let client = try ChatClient(port: try await second.port())
        second.signal(SIGHUP)
        for text in ["one", "two", "three"] {
            try client.send("ana: \(text)\n")
            try await client.barrier()
        }
        second.signal(SIGTERM)
        #expect(try await second.exitStatus() == 0)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `clients get everything first, and nobody is said to have left`(
        signal: Int32
    ) async throws {
        let daemon = try TestFolder(bridges: TestFolder.chat).start()
        let port = try await daemon.port()
        let (ana, bob) = (try ChatClient(port: port), try ChatClient(port: port))
        try bob.send("bob:\n")
        try await bob.barrier()
        try ana.send("ana:\n")
        try await ana.barrier()
        try await bob.barrier()
        let said = (1...1_000).map { "ana: \($0)" }
        try ana.send(said.joined(separator: "\n") + "\n")
        daemon.signal(signal)
        async let anaSaw = ana.rest()
        #expect(try await bob.rest() == said)
        #expect(try await anaSaw == said)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a signal during the drain ends it at once`() async throws {
        for _ in 0..<5 {
            let stuck = try await StuckDaemon()
            stuck.daemon.signal(SIGTERM)
            // A client that has read everything is closed while the other is waited for.
            #expect(try await stuck.speaker.line() == nil)
            stuck.daemon.signal(SIGTERM)
            let (status, _, errors) = try await stuck.daemon.result()
            #expect(status == 0)
            // The ten seconds of the drain may be over before, on a busy machine.
            if errors.contains(where: { $0.contains("not everything could be") }) { continue }
            #expect(errors.contains { $0.contains("asked to stop again") })
            return
        }
        Issue.record("five times the drain was over before the second signal")
    }

    @Test func `a client that stopped reading is not waited for`() async throws {
        let stuck = try await StuckDaemon()
        stuck.daemon.signal(SIGTERM)
        #expect(try await stuck.speaker.line() == nil)
        let (status, _, errors) = try await stuck.daemon.result()
        #expect(status == 0)
        // The bridge says so that gives a client up; it would not if the daemon had waited for as
        // long as all bridges together may take.
        #expect(
            errors.contains {
                $0.contains("not everything could be delivered: 1 client did not read")
            })
    }

    @Test func `a standard output that nobody reads is not waited for`() async throws {
        let folder = try TestFolder(
            bridges: """
                { "type": "tcp", "name": "chat", "listen": "127.0.0.1:0", "greeting": "" },
                { "type": "stdio" }
                """)
        let daemon = try folder.start()
        let ana = try ChatClient(port: try await daemon.port())
        let text = String(repeating: "x", count: 4_000)
        // A pipe holds 64 KiB.
        for _ in 0..<50 { try ana.send("ana: \(text)\n") }
        try await ana.barrier()
        daemon.signal(SIGTERM)
        // The bridge says so that gives its reader up; it would not if it had been cancelled, as
        // when the daemon has waited for as long as all bridges together may take.
        try await daemon.errors.lines(until: "write standard output: nobody reads it")
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a client that starts to read only then gets everything`() async throws {
        let stuck = try await StuckDaemon(megabytes: 6)
        // It is closed first: the other is waited for, and has more to read than the kernel holds.
        // On a busy machine a task may begin seconds later, when the client would be given up.
        let daemon = stuck.daemon
        async let rest = stuck.reader.rest { daemon.signal(SIGTERM) }
        #expect(try await stuck.speaker.line() == nil)
        let lines = try await rest
        #expect(lines.count { $0.hasPrefix("ana: x") } == 6 * 256)
        #expect(lines.allSatisfy { !$0.contains("[skipped]") })
        #expect(try await stuck.daemon.exitStatus() == 0)
    }
}

/// A daemon one of whose clients has stopped reading, with more waiting than the kernel takes.
private struct StuckDaemon {
    let daemon: RunningProgram
    /// A client that has sent a lot and gets nothing of it back.
    let speaker: ChatClient
    /// A client that has read nothing yet.
    let reader: ChatClient

    /// - Parameter megabytes: waiting data, more than a socket holds.
    init(megabytes: Int = 16) async throws {
        let folder = try TestFolder(
            bridges: """
                { "type": "tcp", "name": "chat", "listen": "127.0.0.1:0", "greeting": "", "echo": false,
                  "buffer": "64MiB" }
                """)
        daemon = try folder.start()
        let port = try await daemon.port()
        speaker = try ChatClient(port: port)
        reader = try ChatClient(port: port, receiveBuffer: 4_096)
        try speaker.send("ana:\n")
        try await speaker.barrier()
        let line = "ana: " + String(repeating: "x", count: 4_000) + "\n"
        let block = Array(String(repeating: line, count: 256).utf8)
        for _ in 0..<megabytes { try await speaker.sendMuch(block) }
        try await speaker.barrier()
    }
}
