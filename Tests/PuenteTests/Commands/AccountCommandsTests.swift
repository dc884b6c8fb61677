import Chat
import Foundation
import Glibc
import MessageBus
import Sockets
import TestSupport
import Testing

/// Accounts, tokens and bans on the command line.
@Suite(.timeLimit(.minutes(10))) struct AccountCommandsTests {
    private static let bridges = #"{ "type": "tcp", "name": "chat", "listen": "127.0.0.1:0" }"#

    private func folder() throws -> TestFolder {
        try TestFolder(bridges: Self.bridges, store: #"{ "path": "talk.sqlite" }"#)
    }

    /// Runs a command, with a password at its standard input.
    private func run(
        _ folder: TestFolder, _ arguments: String..., input: String = ""
    ) async throws -> (status: Int32, output: [String], errors: [String]) {
        let program = try RunningProgram(arguments, in: folder.url)
        await program.type(input)
        program.endInput()
        return try await program.result()
    }

    @Test func `accounts are added, listed, renamed and removed`() async throws {
        let folder = try folder()
        #expect(try await run(folder, "user", "list") == (0, [], []))
        // Nothing is made for a look.
        #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/talk.sqlite"))
        let added = try await run(
            folder, "user", "add", "Ana", "--role", "admin", input: "correct-horse\n")
        #expect(added == (0, ["Ana: account created, admin"], []))
        #expect(
            try await run(folder, "user", "list").output.map { $0.hasSuffix("  Ana") } == [true])
        let again = try await run(folder, "user", "add", "ANA", input: "correct-horse\n")
        #expect(again.status == 69)
        #expect(again.errors == [#"puente: there is an account "ANA" already"#])
        #expect(try await run(folder, "user", "rename", "ana", "Ana María").status == 0)
        #expect(try await run(folder, "user", "role", "ana maría", "moderator").status == 0)
        let list = try await run(folder, "user", "list").output
        #expect(list.first?.hasPrefix("moderator  20") == true)
        #expect(list.first?.hasSuffix("  Ana María") == true)
        #expect(
            try await run(folder, "user", "password", "ANA MARÍA", input: "another-one").status == 0
        )
        #expect(try await run(folder, "user", "remove", "Ana María").status == 0)
        #expect(try await run(folder, "user", "list") == (0, [], []))
        let reserved = try await run(folder, "user", "add", "ana maría", input: "correct-horse\n")
        #expect(reserved.status == 69)
        #expect(reserved.errors.first?.contains("remove --free") == true)
        #expect(try await run(folder, "user", "remove", "--free", "ana maría").status == 0)
        #expect(
            try await run(folder, "user", "add", "ana maría", input: "correct-horse\n").status == 0)
    }

    @Test(arguments: [
        ["user", "rename", "nobody", "somebody"], ["user", "remove", "nobody"],
        ["user", "remove", "--free", "nobody"], ["user", "password", "nobody"],
        ["user", "role", "nobody", "admin"], ["token", "remove", "nothing"],
        ["ban", "remove", "nobody"], ["ban", "remove", "192.0.2.7"],
    ])
    func `what is not there is status 1, and nothing is made`(arguments: [String]) async throws {
        let folder = try folder()
        let program = try RunningProgram(arguments, in: folder.url)
        program.endInput()
        let result = try await program.result()
        #expect(result.status == 1)
        #expect(result.errors.count == 1)
        #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/talk.sqlite"))
    }

    @Test(arguments: [
        ["user"], ["user", "fly"], ["user", "add"], ["user", "add", "ana", "hunter2hunter2"],
        ["user", "password", "ana", "hunter2hunter2"], ["user", "add", "ana", "--role", "boss"],
        ["user", "add", "--password=hunter2hunter2", "ana"], ["user", "add", "-phunter2", "ana"],
        ["user", "add", "ana", "--password", "hunter2hunter2"], ["user", "role", "ana", "boss"],
        ["user", "role", "ana"], ["user", "rename", "ana"], ["user", "add", "/ana"],
        ["user", "add", "ana~"], ["user", "add", "192.0.2.7"], ["user", "add", "invitado-7"],
        ["user", "list", "ana"], ["user", "list", "--free"], ["token"], ["token", "add"],
        ["token", "add", "ci", "hunter2hunter2"], ["token", "add", "ci", "--room", "nowhere"],
        ["ban", "add"], ["ban", "add", "192.0.2.0/15"], ["ban", "add", "2001:db8::/31"],
        ["ban", "add", "127.0.0.1"], ["ban", "add", "::1"], ["ban", "add", "ana", "3weeks"],
        ["ban", "add", "a:b"], ["ban", "remove", "ana", "bob"],
    ])
    func `what can't be meant is status 64, and no password is repeated`(
        arguments: [String]
    ) async throws {
        let folder = try folder()
        let program = try RunningProgram(arguments, in: folder.url)
        await program.type("correct-horse\n")
        program.endInput()
        let result = try await program.result()
        #expect(result.status == 64)
        #expect(result.output == [])
        #expect(result.errors.first?.hasPrefix("puente: ") == true)
        #expect(!result.errors.contains { $0.contains("hunter2") })
    }

    @Test func `addresses that the chat refuses to ban are refused here, in the same words`()
        async throws
    {
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "listen": "unix:s", "proxyFrom": ["203.0.113.0/28"] }"#,
            #"{ "type": "web", "listen": "127.0.0.1:0", "proxies": ["198.51.100.7"] }"#,
            store: #"{ "path": "talk.sqlite" }"#)
        let own = Set(SocketAddress.hostsOfThisMachine.map { "\(AddressBlock(ClientAddress($0)))" })
        #expect(own.count > 1)
        let proxies = ["203.0.113.9", "198.51.0.0/16"]
        for address in own.sorted() + proxies + ["::1", "127.9.0.0/16"] {
            let result = try await run(folder, "ban", "add", address)
            #expect(result.status == 64, "\(address)")
            #expect(
                result.errors == [
                    "puente: \"\(address)\": That would ban you, this machine, a proxy or a moderator."
                ])
        }
        #expect(try await run(folder, "ban", "add", "203.0.113.99").status == 0)
        #expect(try await run(folder, "ban", "list").output.count == 1)
    }

    @Test(arguments: ["", "\n", "short\n", "two words\n", "tab\tinside\n"])
    func `what can't be a password is status 64`(input: String) async throws {
        let folder = try folder()
        let result = try await run(folder, "user", "add", "ana", input: input)
        #expect(result.status == 64)
        #expect(result.errors.count == 1)
        #expect(try await run(folder, "user", "list").output == [])
    }

    @Test func `without a store there is nothing to change`() async throws {
        let folder = try TestFolder(bridges: Self.bridges)
        for verb in ["user", "token", "ban"] {
            #expect(try await run(folder, verb, "list").status == 69)
        }
        let nowhere = try TestFolder()
        #expect(try await run(nowhere, "user", "list").status == 78)
    }

    @Test func `a token is shown once, and its name is nobody else's`() async throws {
        let folder = try folder()
        let made = try await run(folder, "token", "add", "CI", "--room", "general", "--read-only")
        #expect(made.status == 0)
        #expect(made.output.count == 1)
        let secret = try #require(made.output.first)
        #expect(secret.utf8.count == 43)
        let list = try await run(folder, "token", "list").output
        #expect(list.map { $0.hasSuffix("  CI  room general  read only") } == [true])
        let file = try Data(contentsOf: folder.url.appending(path: "talk.sqlite"))
        #expect(file.range(of: Data(secret.utf8)) == nil)
        #expect(try await run(folder, "token", "add", "ci").status == 69)
        #expect(try await run(folder, "token", "add", "Chat").status == 69)
        let relay = try await run(
            folder, "user", "add", "Ci", "--role", "relay", input: "correct-horse")
        #expect(relay.status == 69)
        #expect(
            try await run(folder, "user", "add", "bot", "--role", "relay", input: "correct-horse")
                .status == 0)
        #expect(try await run(folder, "token", "add", "bot").status == 69)
        #expect(try await run(folder, "token", "remove", "ci").status == 0)
        #expect(try await run(folder, "token", "list").output == [])
    }

    @Test func `bans are of names, addresses and blocks, with their ends`() async throws {
        let folder = try folder()
        for (arguments, shown) in [
            (
                ["198.51.99.9/20", "12h", "too", "much"],
                "198.51.96.0/20  by command line: too much"
            ),
            (["Ana (telegram)", "spam"], "Ana (telegram)  by command line: spam"),
            (["2001:db8::7", "1d"], "2001:db8::/64  by command line"),
        ] {
            let program = try RunningProgram(["ban", "add"] + arguments, in: folder.url)
            program.endInput()
            #expect(try await program.result().status == 0)
            let list = try await run(folder, "ban", "list").output
            #expect(list.contains { $0.hasSuffix("  \(shown)") }, "\(shown)")
        }
        #expect(try await run(folder, "ban", "add", "Berta", "1ms").status == 0)
        let list = try await run(folder, "ban", "list").output
        #expect(list.count == 3)
        #expect(list.count { $0.hasPrefix("for ever  ") } == 1)
        #expect(try await run(folder, "ban", "remove", "ANA (Telegram)").status == 0)
        #expect(try await run(folder, "ban", "remove", "198.51.105.9/20").status == 0)
        #expect(try await run(folder, "ban", "list").output.count == 1)
    }

    @Test func `a running daemon sees what changes`() async throws {
        let folder = try folder()
        let daemon = try folder.start()
        _ = try await daemon.port()
        for (arguments, sentence) in [
            (["user", "add", "Ana"], #"account "Ana" made, member"#),
            (["user", "role", "ana", "admin"], #"account "Ana" is admin now, not member"#),
            (["user", "password", "ana"], #"account "Ana" has another password"#),
            (["ban", "add", "bob", "spam"], #"the command line bans "bob" for ever: "spam""#),
            (["user", "remove", "ana"], #"account "Ana" removed"#),
        ] {
            let program = try RunningProgram(arguments, in: folder.url)
            await program.type("correct-horse\n")
            program.endInput()
            #expect(try await program.result().status == 0)
            while let line = try await daemon.errors.line(), !line.contains(sentence) {}
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        // The last to close has removed the files beside the store.
        #expect(folder.text(of: "talk.sqlite-wal") == nil)
    }

    @Test func `what was added survives a daemon that is killed`() async throws {
        let folder = try folder()
        let daemon = try folder.start()
        _ = try await daemon.port()
        #expect(try await run(folder, "user", "add", "Ana", input: "correct-horse").status == 0)
        daemon.signal(SIGKILL)
        #expect(try await daemon.exitStatus() == 128 + SIGKILL)
        #expect(try await run(folder, "user", "list").output.count == 1)
        let next = try folder.start()
        _ = try await next.port()
        next.signal(SIGTERM)
        #expect(try await next.exitStatus() == 0)
        #expect(try await run(folder, "user", "list").output.count == 1)
    }

    @Test func `the start refuses a name that a bridge and a token have`() async throws {
        let folder = try folder()
        #expect(try await run(folder, "token", "add", "ci").status == 0)
        try folder.write(
            """
            { "language": "en", "store": { "path": "talk.sqlite" },
              "bridges": [{ "type": "tcp", "name": "ci", "listen": "127.0.0.1:0" }] }
            """)
        let result = try await folder.result("run")
        #expect(result.status == 69)
        #expect(
            result.errors.contains { $0.contains(#""ci" is the name of a bridge and of a token"#) })
    }

    @Test func `a token of the configuration keeps its name`() async throws {
        let folder = try folder()
        try folder.write(
            """
            { "language": "en", "store": { "path": "talk.sqlite" }, "bridges": [
                { "type": "web", "listen": "127.0.0.1:0",
                  "tokens": { "CI": "${env:UNSET}" } } ] }
            """)
        let refused = try await run(folder, "token", "add", "ci")
        #expect(refused.status == 69)
        #expect(refused.errors.joined().contains(#""ci" is the name of a token in"#))
        #expect(try await run(folder, "token", "add", "cd").status == 0)
        try folder.write(
            """
            { "language": "en", "store": { "path": "talk.sqlite" }, "bridges": [
                { "type": "web", "listen": "127.0.0.1:0",
                  "tokens": { "CD": "0123456789abcdef" } } ] }
            """)
        let result = try await folder.result("run")
        #expect(result.status == 69)
        #expect(result.errors.contains { $0.contains(#""cd" is the name of a token in "tokens""#) })
    }

    @Test(.enabled(if: geteuid() == 0))
    func `root leaves files to the directory's owner`() async throws {
        let folder = try folder()
        // Nobody, on every system.
        let nobody: uid_t = 65_534
        #expect(chown(folder.url.path, nobody, nobody) == 0)
        #expect(try await run(folder, "user", "add", "Ana", input: "correct-horse").status == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        where name.hasPrefix("talk") {
            var status = stat()
            #expect(stat("\(folder.url.path)/\(name)", &status) == 0)
            #expect(status.st_uid == nobody, "\(name)")
            #expect(status.st_mode & 0o077 == 0, "\(name)")
        }
        #expect(try await run(folder, "user", "list").output.count == 1)
    }
}
