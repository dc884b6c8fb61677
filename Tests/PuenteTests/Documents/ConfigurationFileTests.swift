import Foundation
import TestSupport
import Testing

@Suite struct ConfigurationFileTests {
    @Test func `everything that is wrong is told at once and nothing is started`() async throws {
        let folder = try TestFolder()
        try folder.write(
            """
            {
              "rooms": ["lobby"],
              "middleware": [{ "type": "limit", "messages": -5 }],
              "bridges": [
                { "type": "tcp", "lisen": "127.0.0.1:0" },
                { "type": "telegarm" },
                { "type": "stdio", "room": "loby" }
              ]
            }
            """)
        let (status, output, errors) = try await folder.result("run")
        #expect(status == 78)
        #expect(output == [])
        #expect(
            errors == [
                "bridge.json:3:49: middleware[0].messages: expected a whole number > 0, found -5",
                "bridge.json:5:22: bridges[0].lisen: \"tcp\" has no option \"lisen\"; did you mean \"listen\"?",
                "bridge.json:6:15: bridges[1].type: no bridge is called \"telegarm\"; there are cuckoo, exec, irc, ircd, nats, stdio, tail, tcp, telegram, web, webhook; did you mean \"telegram\"?",
                "bridge.json:7:32: bridges[2].room: there is no room \"loby\"; did you mean \"lobby\"?",
                "4 problems in bridge.json. Nothing was started.",
            ])
    }

    @Test func `a file that is not there is a problem of the configuration`() async throws {
        let (status, output, errors) = try await TestFolder().result("run", "--config", "no.json")
        #expect(status == 78)
        #expect(output == [])
        #expect(
            errors == [
                "no.json: no such file or directory", "1 problem in no.json. Nothing was started.",
            ])
    }

    @Test(arguments: [["run", "--config"], ["--config"], ["-c"], ["--config="]])
    func `paths in a file are relative to it`(words: [String]) async throws {
        let folder = try TestFolder()
        try folder.write(
            """
            { "language": "en", "store": null,
              "middleware": [{ "type": "log", "file": "all.log" }],
              "bridges": [
                { "type": "tcp", "name": "chat", "listen": "${file:address}", "greeting": "" }] }
            """, to: "below/my.json")
        try folder.write("127.0.0.1:0\n", to: "below/address")
        for file in ["below/my.json", folder.url.path + "/below/my.json"] {
            var arguments = words
            if words.last?.hasSuffix("=") == true {
                arguments[words.count - 1] += file
            } else {
                arguments.append(file)
            }
            let daemon = try RunningProgram(arguments, in: folder.url)
            let client = try ChatClient(port: try await daemon.port())
            try client.send("ana: from \(file)\n")
            #expect(try await client.lines(2).last == "ana: from \(file)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
            #expect(folder.text(of: "below/all.log")?.contains("ana: from \(file)\n") == true)
        }
    }

    @Test func `variables and files are put in`() async throws {
        let folder = try TestFolder()
        try folder.write("127.0.0.1:0\n", to: "address")
        try folder.write(
            """
            { "language": "${env:PUENTE_TEST_LANGUAGE}", "name": "${env:PUENTE_TEST_UNSET:-casa}",
              "store": null, "bridges": [
                { "type": "tcp", "name": "chat", "listen": "${file:address}" }] }
            """)
        let daemon = try folder.start(environment: ["PUENTE_TEST_LANGUAGE": "es"])
        #expect(try await daemon.errors.line()?.contains(" casa ") == true)
        _ = try await daemon.port(words: "escuchando en ")
    }

    @Test func `a variable that is not set is told with its place`() async throws {
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "listen": "${env:PUENTE_TEST_UNSET}" }"#)
        let (status, _, errors) = try await folder.result("run")
        #expect(status == 78)
        #expect(
            errors.first?.hasSuffix(
                "bridges[0].listen: the environment variable PUENTE_TEST_UNSET is not set") == true)
    }

    @Test(arguments: [
        #"{ "type": "tcp", "listen": "${file:secret}" }"#,
        #"{ "type": "tcp", "maxConnections": "${file:secret}" }"#,
        #"{ "type": "${file:secret}" }"#,
        #"{ "type": "tcp", "room": "${file:secret}" }"#,
        #"{ "type": "tcp", "name": "${file:secret}(" }"#,
        #"{ "type": "tcp", "direction": "${file:secret}" }"#,
        #"{ "type": "tcp", "middleware": [{ "type": "filter", "drop": ["(${file:secret}"] }] }"#,
        #"{ "type": "tcp", "middleware": [{ "type": "log", "rooms": ["${file:secret}"] }] }"#,
    ])
    func `the contents of a file of secrets are not shown even if they are wrong`(
        bridge: String
    ) async throws {
        let folder = try TestFolder(bridges: bridge)
        try folder.write("t0p-s3cr3t-token\n", to: "secret")
        for verb in ["run", "check"] {
            let (status, output, errors) = try await folder.result(verb)
            #expect(status == 78)
            #expect(errors.first?.contains("file:secret") == true)
            for line in output + errors {
                #expect(!line.contains("t0p") && !line.contains("s3cr3t"), "\(line)")
            }
        }
    }

    @Test func `when leaves a bridge out and the log says so`() async throws {
        let folder = try TestFolder(
            bridges: TestFolder.chat,
            #"{ "type": "stdio", "name": "console", "when": "${env:PUENTE_TEST_UNSET}" }"#,
            #"{ "type": "tcp", "name": "second", "when": "false", "listen": "${env:PUENTE_TEST_UNSET}" }"#
        )
        let daemon = try folder.start()
        let lines = try await daemon.errors.lines(until: "listening on")
        for name in ["console", "second"] {
            #expect(lines.contains { $0.hasSuffix(" info \(name): left out by its \"when\"") })
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }
}
