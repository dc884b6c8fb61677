import Foundation
import Glibc
import MessageBus
import TestSupport
import Testing

/// The commands that try a configuration without starting anything.
@Suite(.timeLimit(.minutes(10))) struct OfflineCommandsTests {
    private static let tests = """
        "middleware": [{ "type": "filter", "drop": ["casino"], "reason": "not here" }],
        "tests": [{ "name": "no casinos",
          "say": [{ "bridge": "chat", "from": "ana", "text": "to the casino" }],
          "expect": [EXPECTED] }],
        """

    private func folder(expecting judgement: String) throws -> TestFolder {
        try TestFolder(
            bridges: TestFolder.chat, more: Self.tests.replacing("EXPECTED", with: judgement))
    }

    // MARK: - test

    @Test func `test runs the tests of the configuration`() async throws {
        let (status, output, errors) = try await folder(
            expecting: #"{ "drop": "filter", "reason": "not here" }"#
        ).result("test")
        #expect(status == 0)
        #expect(output == ["TAP version 14", "1..1", "ok 1 - no casinos"])
        #expect(errors == [])
    }

    @Test func `the example of the documentation succeeds with the bridge.json that is shipped`()
        throws
    {
        let result = try Program.run(["test", "Tests/PuenteTests/Examples/trying/casinos.json"])
        #expect(result.status == 0)
        #expect(result.output == "TAP version 14\n1..1\nok 1 - casinos are not welcome\n")
    }

    @Test func `a failed test is told, and the status is 1`() async throws {
        let (status, output, _) = try await folder(expecting: #""pass""#).result("test")
        #expect(status == 1)
        #expect(output[2] == "not ok 1 - no casinos")
        #expect(output.contains(#"      found: {"drop": "filter", "reason": "not here"}"#))
        #expect(output.contains(#"      step: "bridge.json:1:51: middleware[0] filter""#))
        #expect(output.last == "  ...")
    }

    @Test func `files of tests are run in place of the configuration's`() async throws {
        let folder = try folder(expecting: #""pass""#)
        try folder.write(
            #"[{ "name": "a", "say": [{ "bridge": "chat", "text": "x" }], "expect": ["pass"] }]"#,
            to: "more.json")
        let (status, output, _) = try await folder.result("test", "more.json", "more.json")
        #expect(status == 0)
        #expect(output == ["TAP version 14", "1..2", "ok 1 - a", "ok 2 - a"])
    }

    @Test func `a test that can't be meant is a problem for test and check, not for run`()
        async throws
    {
        let folder = try folder(expecting: "")
        let problem =
            "bridge.json:4:13: tests[0].expect: expected one entry for each of the 1 in \"say\", found 0"
        for command in ["test", "check"] {
            let (status, output, errors) = try await folder.result(command)
            #expect(status == 78)
            #expect(output == [])
            #expect(errors == [problem, "1 problem in bridge.json. Nothing was started."])
        }
        let daemon = try folder.start()
        _ = try await daemon.port()
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    // MARK: - replay

    @Test func `replay tells what a new chain would drop or change`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat, store: #"{ "path": "talk.sqlite" }"#,
            more: #""middleware": [{ "type": "filter", "drop": ["poker"] }],"#)
        let daemon = try folder.start()
        let client = try ChatClient(port: try await daemon.port())
        try client.send("ana: hola\nana: al casino\nana: poker\nana: adiós\n")
        try await client.barrier()
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)

        let same = try await folder.result("replay")
        #expect(same.status == 0)
        #expect(
            same.output == [
                "3 messages: 0 would be dropped, 0 changed, 3 are the same; 1 were dropped then."
            ])
        try folder.write(
            """
            { "middleware": [{ "type": "filter", "drop": ["poker"] },
                { "type": "filter", "drop": ["casino"], "reason": "no" },
                { "type": "replace", "rules": [{ "find": "h(ola)", "with": "H$1" }] }],
              "bridges": [\(TestFolder.chat), { "type": "telegram", "token": "${env:NONE}" }] }
            """, to: "new.json")
        let (status, output, errors) = try await folder.result("replay", "--with", "new.json")
        #expect(status == 1)
        #expect(errors == [])
        #expect(output.count == 5)
        #expect(output[0].hasSuffix(" general  ana: hola"))
        #expect(output[1] == "    changed by new.json:3:5: middleware[2] replace: Hola")
        #expect(output[2].hasSuffix(" general  ana: al casino"))
        #expect(output[3] == "    dropped by new.json:2:5: middleware[1] filter: [dropped] no")
        #expect(
            output[4]
                == "3 messages: 1 would be dropped, 1 changed, 1 are the same; 1 were dropped then."
        )
        #expect(try await folder.result("replay", "--room", "loby").status == 69)
    }

    // MARK: - format

    @Test func `format shows the file in the one style, and writes it when asked`() async throws {
        let folder = try TestFolder()
        let text = #"{"bridges":[{"type":"tcp"}, // chat"# + "\n]}"
        try folder.write(text)
        let path = folder.url.appending(path: "bridge.json").path(percentEncoded: false)
        #expect(chmod(path, 0o640) == 0)
        let expected = ["{", #"  "bridges": ["#, #"    { "type": "tcp" }  // chat"#, "  ]", "}"]
        let shown = try await folder.result("format")
        #expect(shown.status == 0)
        #expect(shown.output == expected)
        #expect(folder.text(of: "bridge.json") == text)

        let written = try await folder.result("format", "--write")
        #expect(written.status == 0)
        #expect(written.output == ["bridge.json: written in this style."])
        #expect(folder.text(of: "bridge.json") == expected.joined(separator: "\n") + "\n")
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path()).count == 1)
        let again = try await folder.result("format", "--write")
        #expect(again.output == ["bridge.json: has this style already."])
    }

    @Test func `format leaves a broken file alone`() async throws {
        let folder = try TestFolder()
        try folder.write(#"{"bridges": [}"#)
        let (status, output, errors) = try await folder.result("format", "--write")
        #expect(status == 78)
        #expect(output == [])
        #expect(errors.last == "1 problem in bridge.json. Nothing was started.")
        #expect(folder.text(of: "bridge.json") == #"{"bridges": [}"#)
    }

    @Test func `the bridge.json that is shipped is in the one style`() throws {
        let result = try Program.run(["format"])
        let text = try String(
            contentsOf: ProjectFile.top.appending(path: "bridge.json"), encoding: .utf8)
        #expect(result.output == text)
    }

    // MARK: - check --connect

    @Test func `check --connect tries each bridge's other side`() async throws {
        let other = try TestFolder(bridges: TestFolder.chat)
        let daemon = try other.start()
        let port = try await daemon.port()
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "name": "taken", "listen": "127.0.0.1:\#(port)" }"#,
            #"{ "type": "tcp", "name": "free", "listen": "127.0.0.1:0" }"#,
            #"{ "type": "tail", "paths": ["here.log", "none.log"] }"#, #"{ "type": "stdio" }"#,
            #"{ "type": "telegram", "when": "", "token": "" }"#)
        try folder.write("", to: "here.log")
        let (status, output, errors) = try await folder.result("check", "--connect")
        #expect(status == 69)
        #expect(errors == [])
        #expect(
            output == [
                "bridge.json: everything is in order.", "– store: it is null: nothing is kept",
                "✗ taken: bind 127.0.0.1:\(port): address already in use: stop what listens there, "
                    + "or choose another address",
                "– free: 127.0.0.1:0: the system finds a free port",
                "✓ tail: here.log: 1 file that may be read",
                "✗ tail: none.log: there is no such file; one that appears later is followed",
                "– stdio: standard input and output are those that the daemon is started with",
                "– telegram: left out by \"when\"",
            ])
    }

    @Test func `check --connect tries the status page's address`() async throws {
        let other = try TestFolder(bridges: TestFolder.chat)
        let daemon = try other.start()
        let port = try await daemon.port()
        let folder = try TestFolder()
        try folder.write(
            """
            { "language": "en", "status": { "listen": "127.0.0.1:\(port)" },
              "bridges": [{ "type": "stdio" }] }
            """)
        let (status, output, _) = try await folder.result("check", "--connect")
        #expect(status == 69)
        #expect(
            output.contains(
                "✗ status: bind 127.0.0.1:\(port): address already in use: stop what listens "
                    + "there, or choose another address"))
    }

    // MARK: - For shells, editors and man

    @Test func `the schema names every option, and is in the one style`() async throws {
        let folder = try TestFolder()
        let program = try Program.run(["schema"])
        #expect(program.status == 0)
        try folder.write(program.output)
        #expect(
            try await folder.result("format", "--write").output.first?.hasSuffix("already.") == true
        )
        let schema = try JSONSerialization.jsonObject(with: Data(program.output.utf8))
        let definitions = try #require((schema as? [String: Any])?["$defs"] as? [String: Any])
        let described = DescribeOutput(try Program.run(["describe"]).output)
        for (title, options) in described.sections {
            let key = title == "bridge.json" ? nil : title.replacing(" ", with: "-")
            let part = key.flatMap { definitions[$0] } ?? schema
            let properties = (part as? [String: Any])?["properties"] as? [String: Any]
            for option in options where option.key != "type" {
                #expect(properties?[option.key] != nil, "\(title) \(option.key)")
            }
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions name every command`(shell: String) throws {
        let text = try Program.run(["completion", shell]).output
        for command in ["history", "check", "test", "user", "completion"] {
            #expect(text.contains(command))
        }
        #expect(text.contains("connect"))
        #expect(text.contains("telegram"))
    }

    @Test func `another shell is a mistake`() async throws {
        let folder = try TestFolder()
        let (status, output, errors) = try await folder.result("completion", "ksh")
        #expect(status == 64)
        #expect(output == [])
        #expect(
            errors.first == "puente: completion: expected one of bash, zsh, fish, found \"ksh\"")
    }

    @Test func `the manual page names every command and option`() throws {
        let page = try Program.run(["manual"]).output
        #expect(page.hasPrefix(".TH PUENTE 1 "))
        for word in ["check", "replay", "\\-\\-read\\-only", "\\-\\-connect", "78"] {
            #expect(page.contains(word), "\(word)")
        }
    }
}
