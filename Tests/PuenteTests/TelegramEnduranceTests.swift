import Foundation
import TestSupport
import Testing

/// The built program and its SQLite file against the test server: killed again and again, flooded,
/// and left alone with a bad network for long.
///
/// It takes minutes and goes by the wall clock, for the built program has no other, so it is run by
/// hand: `PUENTE_KILLS=50 PUENTE_MINUTES=60 swift test --filter TelegramEndurance`. Its two sleeps
/// are the load itself: the moment of a kill, and the pace of the speakers.
@Suite(
    .serialized, .timeLimit(.minutes(120)),
    .enabled(if: ProcessInfo.processInfo.environment["PUENTE_KILLS"] != nil))
struct TelegramEnduranceTests {
    private static let group: Int64 = -1_001_111_111_111

    private static func setting(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }

    private func folder(_ server: BotServer) throws -> TestFolder {
        let folder = try TestFolder()
        try folder.write(
            """
            { "language": "en", "store": { "path": "log.sqlite" },
              "log": { "level": "debug" },
              "bridges": [
                { "type": "tcp", "name": "chat", "listen": "127.0.0.1:0", "greeting": "" },
                { "type": "telegram", "token": "${env:TOKEN}", "api": "\(server.url)",
                  "outages": false, "chats": { "\(Self.group)": "general" } }] }
            """)
        return folder
    }

    private func start(_ folder: TestFolder) throws -> RunningProgram {
        try folder.start("run", environment: ["TOKEN": BotServer.token])
    }

    /// All that was said, from the store.
    private func texts(_ folder: TestFolder) async throws -> [String] {
        let result = try await folder.result(
            "history", "--last", "1000000", "--json", environment: ["TOKEN": BotServer.token])
        return try result.output.map { line in
            let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(json?["text"] as? String, "\(line)")
        }
    }

    /// Returns the number of messages that Telegram has beyond those in the log, once and in order.
    private func repetitions(_ posts: [BotChat.Post], of log: [String]) -> Int {
        var once: [String] = []
        var seen: Set<String> = []
        var repeated = 0
        for post in posts {
            let lines = post.text.split(separator: "\n").map { String($0.dropFirst(5)) }
            if lines.allSatisfy(seen.contains) {
                repeated += 1
            } else {
                once += lines
                seen.formUnion(lines)
            }
        }
        #expect(once == log)
        return repeated
    }

    /// Returns a daemon's log to its end; it may be silent for minutes.
    private func log(of daemon: RunningProgram) async -> [String] {
        var lines: [String] = []
        while !Task.isCancelled {
            do {
                guard let line = try await daemon.errors.line() else { break }
                lines.append(line)
            } catch {
                // Nothing has come for a while.
            }
        }
        return lines
    }

    /// Expects the token nowhere.
    private func expectNoToken(in folder: TestFolder, _ said: [String]) throws {
        #expect(said.filter { $0.contains(BotServer.token) } == [])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        for file in files where file.hasPrefix("log.sqlite") {
            let data = try Data(contentsOf: folder.url.appending(path: file))
            #expect(data.range(of: Data(BotServer.token.utf8)) == nil, "\(file)")
        }
    }

    @Test func `kill -9 neither loses nor repeats`() async throws {
        let kills = Self.setting("PUENTE_KILLS", 3)
        let server = try BotServer()
        await server.perform { state in
            state.chats[Self.group] = BotChat()
            state.slowness = 400
            state.random = Seeded(UInt64(kills))
        }
        let folder = try folder(server)
        var random = Seeded(UInt64(kills))
        var (heard, said) = (0, 0)
        var complaints: [String] = []
        for round in 0...kills {
            let daemon = try start(folder)
            let port = try await daemon.port()
            let client = try ChatClient(port: port)
            try client.send("ana:\n")
            try await client.barrier()
            if round == kills { try await finish(server, folder, client, daemon, heard, kills) }
            for _ in 0..<2 where round < kills {
                let first = heard
                await server.perform { state in
                    for number in 0..<5 { state.say("in \(first + number)", in: Self.group) }
                }
                heard += 5
                let lines = (0..<5).map { "ana: out \(said + $0)\n" }
                said += 5
                try client.send(lines.joined())
                // The time itself is tested: the program is to be killed at any moment of its work,
                // also in one that shows by no event.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_500, using: &random)))
            }
            if round < kills {
                daemon.signal(SIGKILL)
                complaints += try await daemon.result().errors
            }
        }
        try expectNoToken(in: folder, complaints)
    }

    private func finish(
        _ server: BotServer, _ folder: TestFolder, _ client: ChatClient, _ daemon: RunningProgram,
        _ heard: Int, _ kills: Int
    ) async throws {
        try client.send("ana: the end\n")
        await server.until { state in
            state.pending == 0 && state.chats[Self.group]?.lines.last == "ana: the end"
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.result().status == 0)
        let texts = try await texts(folder)
        #expect(texts.filter { $0.hasPrefix("in ") } == (0..<heard).map { "in \($0)" })
        let posts = await server.perform { $0.chats[Self.group]?.posts ?? [] }
        let repeated = repetitions(posts, of: texts.filter { !$0.hasPrefix("in ") })
        #expect(repeated <= kills)
        #expect(await server.perform { $0.misbehaviour } == [])
        print(
            "\(kills) kills: \(heard) in, \(texts.count - heard) out in \(posts.count) messages,",
            "\(repeated) twice")
    }

    @Test func `a burst of 200 lines arrives joined and in order`() async throws {
        let server = try BotServer()
        await server.perform { state in
            state.chats[Self.group] = BotChat()
            state.faults["sendMessage"] = [.flood, .flood]
            state.floodLength = 2
        }
        let folder = try folder(server)
        let daemon = try start(folder)
        let client = try ChatClient(port: try await daemon.port())
        let lines = (1...200).map { "line \($0) of the burst" }
        try client.send(lines.map { "ana: \($0)\n" }.joined())
        await server.until { $0.chats[Self.group]?.lines.count ?? 0 >= 200 }
        let posts = await server.perform { $0.chats[Self.group]?.posts ?? [] }
        #expect(posts.flatMap { $0.text.split(separator: "\n") } == lines.map { "ana: \($0)" })
        #expect(posts.count <= 5)
        #expect(await server.perform { $0.misbehaviour } == [])
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func `a bad network for long loses nothing and costs nothing`() async throws {
        let seconds = Self.setting("PUENTE_MINUTES", 0) * 60 + 5
        let server = try BotServer()
        await server.perform { state in
            state.chats[Self.group] = BotChat()
            state.chance = 20
            state.slowness = 200
            // A silent fault takes 30 s each time, for which only the long run has time.
            if seconds < 60 {
                state.kinds = BotFault.allCases.filter { "\($0)".prefix(7) != "silence" }
            }
        }
        let folder = try folder(server)
        let daemon = try start(folder)
        let client = try ChatClient(port: try await daemon.port())
        let reading = Task { await log(of: daemon) }
        var usage: [String] = []
        var (heard, said) = (0, 0)
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        while ContinuousClock.now < end {
            let number = heard
            await server.perform { $0.say("in \(number)", in: Self.group) }
            heard += 1
            try client.send("ana: out \(said)\n")
            said += 1
            _ = try await client.barrier()
            if heard % 600 == 5 { usage.append(daemon.usage) }
            // The time itself is tested: people who go on speaking, at a pace that Telegram's
            // limits allow, for as long as the network is bad.
            try await Task.sleep(for: .milliseconds(500))
        }
        await server.perform { $0.chance = 0 }
        try client.send("ana: the end\n")
        await server.until { state in
            state.pending == 0 && state.chats[Self.group]?.lines.last == "ana: the end"
        }
        usage.append(daemon.usage)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        let complaints = await reading.value
        let texts = try await texts(folder)
        #expect(texts.filter { $0.hasPrefix("in ") } == (0..<heard).map { "in \($0)" })
        let posts = await server.perform { $0.chats[Self.group]?.posts ?? [] }
        let repeated = repetitions(posts, of: texts.filter { !$0.hasPrefix("in ") })
        let possible = await server.perform { $0.possibleDuplicates }
        #expect(repeated <= possible)
        #expect(await server.perform { $0.misbehaviour } == [])
        try expectNoToken(in: folder, complaints)
        print(
            "\(seconds) s: \(heard) in, \(said) out in \(posts.count) messages, \(repeated) twice")
        for line in usage { print(line) }
    }
}

extension RunningProgram {
    /// Its memory and its descriptors at present.
    fileprivate var usage: String {
        let status =
            (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? ""
        let memory = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? "?"
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd")
        return
            "\(memory.split(separator: " ").dropFirst().joined(separator: " ")), \(open?.count ?? 0) descriptors"
    }
}
