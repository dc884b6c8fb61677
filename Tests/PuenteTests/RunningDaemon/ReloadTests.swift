import Foundation
import TestSupport
import Testing

/// Reloads of the built program, as its operator does them.
@Suite(.timeLimit(.minutes(10))) struct ReloadTests {
    /// A tcp bridge on a port of the system's choice, with further options.
    private static func chat(_ more: String = "", name: String = "chat") -> String {
        """
        { "type": "tcp", "name": "\(name)", "listen": "127.0.0.1:0", "greeting": ""\(more) }
        """
    }

    private static func configuration(
        bridges: [String] = [chat()], middleware: String = "", rooms: String = #""general""#,
        more: String = ""
    ) -> String {
        """
        { "language": "en", "rooms": [\(rooms)], "middleware": [\(middleware)], \(more)
          "bridges": [\(bridges.joined(separator: ", "))] }
        """
    }

    /// A daemon with a configuration, and its folder.
    private static func start(_ text: String) throws -> (TestFolder, RunningProgram) {
        let folder = try TestFolder()
        try folder.write(text)
        return (folder, try folder.start())
    }

    /// Returns the ports that bridges report to listen on, in whatever order.
    private static func ports(
        of bridges: Set<String>, in daemon: RunningProgram
    ) async throws -> [String: UInt16] {
        var ports: [String: UInt16] = [:]
        while ports.count < bridges.count {
            let line = try #require(try await daemon.errors.line())
            let words = line.split(separator: " ")
            guard line.contains(": listening on "), words.count > 2, let port = words.last else {
                continue
            }
            ports[String(words[2].dropLast())] = port.split(separator: ":").last.flatMap {
                UInt16($0)
            }
        }
        return ports
    }

    private static func end(_ daemon: RunningProgram) async throws {
        daemon.signal(SIGTERM)
        let status = try await daemon.exitStatus()
        #expect(status == 0)
    }

    @Test func `what is exchanged back works by the time of the answer`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        let port = try await daemon.port()
        try folder.write(
            Self.configuration(
                bridges: [
                    Self.chat(#", "maxConnections": 9, "listen": "127.0.0.1:\#(port)""#)
                        .replacing(#""listen": "127.0.0.1:0","#, with: ""),
                    #"{ "type": "exec", "command": ["/nowhere"] }"#,
                ]))
        let reload = try await folder.result("reload")
        #expect(reload.status == 69)
        #expect(reload.errors.last?.contains("/nowhere") == true, "\(reload)")
        for _ in 0..<3 {
            let client = try ChatClient(port: port)
            try client.send("ana: hi\n")
            try await client.barrier()
        }
        try await Self.end(daemon)
    }

    @Test func `a comment, an equal default and another order are no change`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        _ = try await daemon.port()
        try folder.write(
            """
            // moved
            { "bridges": [{ "greeting": "", "echo": true, "maxLine": "8KiB", "type": "tcp",
                "stalledAfter": "1m", "listen": "127.0.0.1:0", "name": "chat" }],
              "rooms": ["general"], "language": "en" }
            """)
        let plan = try await folder.result("reload", "--plan")
        #expect(plan.status == 0, "\(plan)")
        #expect(plan.output == ["bridge chat: unchanged", "nothing differs"])
        #expect(try await folder.result("reload").status == 0)
        try await Self.end(daemon)
    }

    @Test func `a new filter is used, and nobody who is in notices`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: casino\n")
        #expect(try await client.lines(2).last == "ana: casino")
        try folder.write(
            Self.configuration(middleware: #"{ "type": "filter", "drop": ["casino"] }"#))
        let plan = try await folder.result("reload", "--plan")
        #expect(plan.status == 2)
        #expect(plan.output.first == "middleware[0] filter is new")
        try client.send("ana: casino\n")
        #expect(try await client.line() == "ana: casino")
        #expect(try await folder.result("reload").status == 0)
        try client.send("ana: casino\n")
        #expect(try await client.line()?.hasPrefix("server: [dropped]") == true)
        try await Self.end(daemon)
    }

    @Test func `a step that stays keeps what it has counted`() async throws {
        let limit = #"{ "type": "limit", "messages": 2, "per": "1h" }"#
        let (folder, daemon) = try Self.start(Self.configuration(middleware: limit))
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: 1\nana: 2\nana: 3\n")
        #expect(try await client.lines(4).last?.hasPrefix("server: [rate-limited]") == true)
        try folder.write(
            Self.configuration(middleware: #"{ "type": "filter", "drop": ["x"] }, \#(limit)"#))
        #expect(try await folder.result("reload").status == 0)
        try client.send("ana: 4\n")
        #expect(try await client.line()?.hasPrefix("server: [rate-limited]") == true)
        try await Self.end(daemon)
    }

    @Test func `bridges come, change and go while another is not touched`() async throws {
        let (folder, daemon) = try Self.start(
            Self.configuration(bridges: [
                Self.chat(), Self.chat(name: "old"), Self.chat(name: "other"),
            ]))
        let ports = try await Self.ports(of: ["chat", "old", "other"], in: daemon)
        let old = try ChatClient(port: try #require(ports["old"]))
        let other = try ChatClient(port: try #require(ports["other"]))
        let client = try ChatClient(port: try #require(ports["chat"]))
        try client.send("ana: hi\n")
        try await client.barrier()
        try folder.write(
            Self.configuration(bridges: [
                Self.chat(), Self.chat(#", "echo": false"#, name: "other"), Self.chat(name: "new"),
            ]))
        let reload = try await folder.result("reload")
        #expect(reload.status == 0, "\(reload)")
        #expect(
            reload.output.dropLast() == [
                "bridge chat: unchanged", "bridge other: echo changed, restarts",
                "bridge new is new", "bridge old is removed",
            ])
        #expect(try await old.line() == "ana joined the chat.")
        #expect(try await old.line() == "ana: hi")
        #expect(try await old.line() == nil)
        while try await other.line() != nil {}
        let new = try ChatClient(port: try await daemon.port(of: "new"))
        try new.send("bob: hello\n")
        try await new.barrier()
        try client.send("ana: still here\n")
        #expect(
            try await client.lines(3) == [
                "bob joined the chat.", "bob: hello", "ana: still here",
            ])
        try await Self.end(daemon)
    }

    @Test func `limits change while connections stay`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        let port = try await daemon.port()
        let client = try ChatClient(port: port)
        try client.send("ana: hi\n")
        try await client.barrier()
        try folder.write(
            Self.configuration(bridges: [Self.chat(#", "maxPerAddress": 1, "maxLine": 64"#)]))
        let reload = try await folder.result("reload")
        #expect(reload.output.first == "bridge chat: maxLine, maxPerAddress changed, goes on")
        let second = try ChatClient(port: port)
        #expect(try await second.line()?.hasPrefix("server: [full]") == true)
        try client.send("ana: \(String(repeating: "x", count: 100))\nana: short\n")
        let lines = try await client.lines(2)
        #expect(lines.first?.hasPrefix("server: [too-long]") == true, "\(lines)")
        #expect(lines.last == "ana: short")
        try await Self.end(daemon)
    }

    @Test func `a broken file is reported to the command and in the log, and changes nothing`()
        async throws
    {
        let (folder, daemon) = try Self.start(Self.configuration())
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: hi\n")
        try await client.barrier()
        for text in ["{", Self.configuration(bridges: [Self.chat(#", "maxLnie": 3"#)])] {
            try folder.write(text)
            for arguments in [["reload"], ["reload", "--plan"]] {
                let program = try RunningProgram(arguments, in: folder.url)
                let result = try await program.result()
                #expect(result.status == 78)
                #expect(result.errors.first?.hasPrefix("bridge.json:") == true, "\(result)")
            }
        }
        try await daemon.errors.lines(until: "maxLnie")
        try client.send("ana: still here\n")
        #expect(try await client.line() == "ana: still here")
        try await Self.end(daemon)
    }

    @Test(arguments: [
        (#""name": "other","#, "name"), (#""accounts": "required","#, "accounts, registration"),
        (#""control": "elsewhere","#, nil), (#""store": null, "control": null,"#, nil),
        (#""registration": "closed","#, "registration"),
        (#""store": { "history": "3d" },"#, "store"),
    ])
    func `what needs a restart is refused and named`(more: String, keys: String?) async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        _ = try await daemon.port()
        try folder.write(Self.configuration(more: more))
        let reload = try await folder.result("reload")
        #expect(reload.status == 69)
        if let keys {
            #expect(
                reload.errors.first?.contains("\(keys) changed: th") == true, "\(reload.errors)")
        }
        try await Self.end(daemon)
    }

    @Test func `a bridge without a name that would be called otherwise needs one`() async throws {
        func chat(_ more: String) -> String {
            #"{ "type": "tcp", "listen": "unix:\#(more)", "greeting": "" }"#
        }
        let (folder, daemon) = try Self.start(
            Self.configuration(bridges: [chat("one"), chat("two")]))
        try await daemon.errors.lines(until: "tcp-2: listening")
        try folder.write(Self.configuration(bridges: [chat("two")]))
        let reload = try await folder.result("reload")
        #expect(reload.status == 69)
        #expect(reload.errors.first?.hasSuffix("give it a name") == true, "\(reload)")
        try await Self.end(daemon)
    }

    @Test func `a port that is taken refuses the reload, and everything goes on`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        let port = try await daemon.port()
        let client = try ChatClient(port: port)
        try client.send("ana: hi\n")
        try await client.barrier()
        try folder.write(
            Self.configuration(
                bridges: [
                    Self.chat(),
                    #"{ "type": "tcp", "name": "new", "listen": "127.0.0.1:\#(port)" }"#,
                ], middleware: #"{ "type": "filter", "drop": ["hi"] }"#, rooms: #""general", "x""#))
        let reload = try await folder.result("reload")
        #expect(reload.status == 69)
        #expect(reload.errors.last?.contains("address already in use") == true, "\(reload)")
        try client.send("ana: hi\n/rooms\n")
        #expect(try await client.line() == "ana: hi")
        #expect(try await client.barrier().contains { $0.contains("[info] x") } == false)
        try await Self.end(daemon)
    }

    @Test func `the status page comes, moves and goes`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        let chat = try await daemon.port()
        func reload(_ listen: String?) async throws -> (status: Int32, lines: [String]) {
            let more = listen.map { #""status": { "listen": "\#($0)" },"# } ?? ""
            try folder.write(Self.configuration(more: more))
            let result = try await folder.result("reload")
            return (result.status, result.output + result.errors)
        }
        #expect(try await reload("127.0.0.1:0").lines.first == "status is new")
        let first = try #require(try await Self.ports(of: ["status"], in: daemon)["status"])
        #expect(try await LoopbackAnswer("GET", "/ready", port: first).status == 200)
        // An address that is taken changes nothing.
        let refused = try await reload("127.0.0.1:\(chat)")
        #expect(refused.status == 69)
        #expect(refused.lines.last?.contains("address already in use") == true, "\(refused)")
        #expect(try await LoopbackAnswer("GET", "/ready", port: first).status == 200)
        #expect(try await reload("localhost:0").lines.first == "status: listen changed")
        let second = try #require(try await Self.ports(of: ["status"], in: daemon)["status"])
        #expect(try await LoopbackAnswer("GET", "/health", port: second).status == 200)
        #expect(try await reload(nil).lines.first == "status is removed")
        while (try? await LoopbackAnswer("GET", "/health", port: second)) != nil {}
        try await Self.end(daemon)
    }

    @Test func `rooms come and go, and whoever is in one is moved`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration(rooms: #""general", "casa""#))
        let port = try await daemon.port()
        let (ana, bob) = (try ChatClient(port: port), try ChatClient(port: port))
        try bob.send("bob:\n")
        try await bob.barrier()
        try ana.send("ana:\n/join casa\n")
        try await ana.barrier()
        try await bob.barrier()
        try folder.write(Self.configuration(rooms: #""general", "patio""#))
        let reload = try await folder.result("reload")
        #expect(
            reload.output.prefix(2) == [#"room "patio" is new"#, #"room "casa" is closed"#])
        #expect(
            try await ana.line()
                == "server: [info] The room casa no longer exists. You are in general.")
        try bob.send("bob: hi\n")
        #expect(try await ana.line() == "bob: hi")
        #expect(try await bob.line() == "bob: hi")
        try ana.send("ana: there\n/join patio\n")
        #expect(try await bob.lines(2) == ["ana: there", "ana went to patio."])
        try await Self.end(daemon)
    }

    @Test func `another file is refused, and both are named`() async throws {
        let (folder, daemon) = try Self.start(Self.configuration())
        _ = try await daemon.port()
        try folder.write(Self.configuration(), to: "other.json")
        let reload = try await folder.result("reload", "--config", "other.json")
        #expect(reload.status == 69)
        let sentence = try #require(reload.errors.last)
        #expect(sentence.contains("/bridge.json and not /"))
        #expect(sentence.contains("/other.json"))
        try await Self.end(daemon)
    }

    @Test func `without a daemon the command says where it has looked`() async throws {
        let folder = try TestFolder()
        try folder.write(Self.configuration())
        let reload = try await folder.result("reload")
        #expect(reload.status == 69)
        #expect(reload.errors.first?.contains("puente.sqlite.control") == true, "\(reload)")
        try folder.write("{ nothing")
        #expect(try await folder.result("reload").status == 78)
    }

    @Test func `a hang-up reloads, and the daemon finds the file by its absolute path`()
        async throws
    {
        let (folder, daemon) = try Self.start(Self.configuration())
        let port = try await daemon.port()
        try folder.write(
            Self.configuration(middleware: #"{ "type": "filter", "drop": ["casino"] }"#))
        daemon.signal(SIGHUP)
        try await daemon.errors.lines(until: "reload: the configuration is exchanged")
        let client = try ChatClient(port: port)
        try client.send("ana: casino\n")
        #expect(try await client.lines(2).last?.hasPrefix("server: [dropped]") == true)
        try await Self.end(daemon)
    }

    @Test func `a restarted console goes on in the middle of a line, and misses nothing`()
        async throws
    {
        let console = #"{ "type": "stdio", "sender": "op" }"#
        let (folder, daemon) = try Self.start(
            Self.configuration(bridges: [Self.chat(), console]))
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: hi\n")
        try await client.barrier()
        await daemon.type("one\nhalf a ")
        #expect(try await client.line() == "op (stdio): one")
        try folder.write(
            Self.configuration(bridges: [
                Self.chat(), #"{ "type": "stdio", "sender": "op", "buffer": "1MiB" }"#,
            ]))
        let reload = try await folder.result("reload")
        #expect(reload.output.dropFirst().first == "bridge stdio: buffer changed, restarts")
        await daemon.type("line\n")
        #expect(try await client.line() == "op (stdio): half a line")
        try client.send("ana: bye\n")
        try await client.barrier()
        var output: [String] = []
        while output.last != "ana: bye" {
            output.append(try #require(try await daemon.output.line()))
        }
        #expect(output == ["ana joined the chat.", "ana: hi", "ana: bye"])
        try await Self.end(daemon)
    }

    @Test func `a bridge that does not start is exchanged back, and the others too`() async throws {
        func socket(_ path: String) -> String {
            #"{ "type": "tcp", "name": "chat", "listen": "unix:socket", "greeting": "\#(path)" }"#
        }
        let folder = try TestFolder()
        try folder.write(Self.configuration(bridges: [socket("one")]))
        let daemon = try folder.start()
        try await daemon.errors.lines(until: "chat: listening")
        try folder.write(
            Self.configuration(bridges: [
                socket("two"),
                #"{ "type": "telegram", "token": "1:x", "api": "http://127.0.0.1:1" }"#,
                #"{ "type": "tcp", "name": "bad", "listen": "unix:nowhere/socket" }"#,
            ]))
        let reload = try await folder.result("reload")
        #expect(reload.status == 69, "\(reload)")
        let client = try await UnixClient(folder.url.appending(path: "socket").path)
        #expect(try await client.stream.line() == "server: [info] one")
        try await Self.end(daemon)
    }
}
