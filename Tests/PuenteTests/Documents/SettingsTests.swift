import Foundation
import TestSupport
import Testing

/// The reports of `check` on settings that would be silently wrong.
@Suite struct SettingsTests {
    private static let chat = #"{ "type": "tcp", "name": "chat" }"#

    private func check(
        _ text: String, environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: [String], errors: [String]) {
        let folder = try TestFolder()
        try folder.write(text)
        return try await folder.result("check", environment: environment)
    }

    private func check(
        middleware: String, bridges: String = chat
    ) async throws -> (status: Int32, output: [String], errors: [String]) {
        try await check(#"{ "middleware": [\#(middleware)], "bridges": [\#(bridges)] }"#)
    }

    @Test(arguments: [
        (#"{ "type": "filter", "drop": ["\bcasino\b"] }"#, #"did you mean "\\bcasino\\b"?"#),
        (#"{ "type": "filter", "only": ["/casino/i"] }"#, #"did you mean "(?i)casino"?"#),
        (
            #"{ "type": "replace", "rules": [{ "find": "\bx", "with": "" }] }"#,
            #"did you mean "\\bx"?"#
        ),
        (#"{ "type": "filter", "drop": ["\d+"] }"#, #"a backslash itself is written \\"#),
        (#"{ "type": "filter" }"#, #"expected "drop" or "only" with a regular expression"#),
        (#"{ "type": "filter", "drop": [], "reason": "x" }"#, #"expected "drop" or "only""#),
        (#"{ "type": "replace" }"#, "expected at least one rule"),
        (#"{ "type": "redact", "what": [] }"#, #"expected at least one of "tokens", "keys""#),
        (#"{ "type": "log", "senders": [] }"#, "expected at least one sender"),
        (#"{ "type": "log", "rooms": [] }"#, "expected at least one room"),
        (#"{ "type": "log", "bridges": [] }"#, "expected at least one bridge"),
        (#"{ "type": "log", "kinds": [] }"#, "expected at least one kind"),
        (#"{ "type": "log", "rooms": ["generl"] }"#, #"did you mean "general"?"#),
        (#"{ "type": "log", "bridges": ["chta"] }"#, #"did you mean "chat"?"#),
        (#"{ "type": "log", "kinds": ["joins"] }"#, #"did you mean "join"?"#),
        (#"{ "type": "log", "file": "~/a.log" }"#, #"did you mean "${env:HOME}/a.log"?"#),
        (#"{ "type": "log", "file": "/" }"#, #"found the directory "/""#),
        (
            #"{ "type": "log", "file": "puente.sqlite" }"#,
            "expected a file of its own, found the store"
        ),
        (
            #"{ "type": "log", "file": "./puente.sqlite-wal" }"#,
            "expected a file of its own, found the store"
        ),
        (#"{ "type": "log", "file": "./bridge.json" }"#, "found this configuration"),
        (#"{ "type": "limit", "messages": "20" }"#, "write 20 without quotes"),
        (#"{ "type": "limit", "messages": [20] }"#, "write 20 without [ ]"),
        (#"{ "type": "limit", "messages": null }"#, "leave it out for its default, 20"),
        (#"{ "type": "log", "file": "file:///var/x" }"#, #"did you mean "/var/x"?"#),
        (#"{ "type": "log", "file": "C:\\logs\\x" }"#, "with / between its names"),
        (#"{ "type": "log", "file": " a.log" }"#, #"did you mean "a.log"?"#),
        (#"{ "type": "filter", "words": ["a"] }"#, #"did you mean "drop"?"#),
    ])
    func `what can't be meant in a chain is a problem`(
        middleware: String, sentence: String
    ) async throws {
        let (status, output, errors) = try await check(middleware: middleware)
        #expect(status == 78)
        #expect(output == [])
        #expect(errors.last == "1 problem in bridge.json. Nothing was started.")
        #expect(errors.first?.contains(sentence) == true, "\(errors)")
        #expect(errors.first?.hasPrefix("bridge.json:1:") == true)
    }

    @Test(arguments: [
        (#"{ "type": "filter", "drop": ["/casino/"] }"#, #"did you mean "casino"?"#),
        (#"{ "type": "filter", "drop": ["casino|"] }"#, "this matches every text"),
        (#"{ "type": "log", "rooms": ["general", "x*"] }"#, #"no room matches "x*""#),
        (
            #"{ "type": "log", "bridges": ["tele*"] }"#,
            #"no bridge matches "tele*"; there is only chat"#
        ),
        (#"{ "type": "log", "senders": ["a:b"] }"#, #"nobody is called "a:b": names hold no ":""#),
        (#"{ "type": "log", "senders": ["*(caht)"] }"#, #"did you mean "chat"?"#),
        (#"{ "type": "log", "file": "log-*.txt" }"#, #""*" is not a pattern here"#),
        (#"{ "type": "log", "file": "a.log", "level": "debug" }"#, "have no level"),
        (#"{ "type": "log", "file": "%Y-%m.log" }"#, "no date takes the place"),
        (
            #"{ "type": "replace", "rules": [{ "find": "(a)", "with": "\\1" }] }"#,
            "a group is $1 here"
        ),
        (#"{ "type": "redact", "kinds": ["rename"] }"#, "a rename has no text: nothing is done"),
        (
            #"{ "type": "replace", "rules": [{ "find": "a", "with": "b" }], "kinds": ["join"] }"#,
            "a join has no text: nothing is done about it"
        ),
        (#"{ "type": "validate", "kinds": ["message", "leave"] }"#, "a leave has no text"),
        (
            #"{ "type": "filter", "drop": ["a"], "kinds": ["join", "leave"] }"#,
            "nobody can be kept from leaving: nothing is done about it"
        ),
        (#"{ "type": "dedupe", "kinds": ["leave"] }"#, "nobody can be kept from leaving"),
        (#"{ "type": "limit", "kinds": ["leave"] }"#, "nobody can be kept from leaving"),
    ])
    func `what might be meant in a chain is a warning`(
        middleware: String, sentence: String
    ) async throws {
        let (status, output, errors) = try await check(middleware: middleware)
        #expect(status == 0)
        #expect(output == ["bridge.json: no problems, 1 warning."])
        #expect(errors.count == 1)
        #expect(errors.first?.contains(sentence) == true, "\(errors)")
        #expect(errors.first?.contains(": warning: middleware[0].") == true)
    }

    @Test(arguments: [
        #"{ "type": "filter", "drop": ["a"], "kinds": ["join", "rename"] }"#,
        #"{ "type": "limit", "kinds": ["join", "leave"] }"#,
        #"{ "type": "log", "kinds": ["leave"] }"#,
        #"{ "type": "redact", "kinds": ["message", "edit"] }"#,
    ])
    func `kinds that a step does something about are in order`(middleware: String) async throws {
        let (status, output, errors) = try await check(middleware: middleware)
        #expect(status == 0)
        #expect(output == ["bridge.json: everything is in order."] && errors == [])
    }

    @Test func `leaves may be dropped from what goes out`() async throws {
        let step = #"{ "type": "filter", "drop": ["a"], "kinds": ["leave"] }"#
        let (status, _, errors) = try await check(
            #"{ "bridges": [\#(Self.chat), { "type": "stdio", "outgoing": [\#(step)] }] }"#)
        #expect(status == 0 && errors == [])
    }

    @Test(arguments: ["no", "off", "0", "False", "NO", " ", "null", "${env:SWITCH}"])
    func `a when that means no in other words is a problem`(word: String) async throws {
        let (status, _, errors) = try await check(
            #"{ "bridges": [\#(Self.chat), { "type": "stdio", "when": "\#(word)", "no": 1 }] }"#,
            environment: ["SWITCH": "off"])
        #expect(status == 78)
        #expect(errors.count == 2)
        #expect(
            errors.first?.contains(
                #"bridges[1].when: expected "" or "false" to leave the bridge out, found "\#(word)""#
            )
                == true, "\(errors)")
    }

    @Test(arguments: [
        (#"{ "type": "tail", "paths": [] }"#, "expected at least one path"),
        (
            #"{ "type": "tail", "paths": ["a"], "rotatedTo": "old" }"#,
            "expected a list of directories, or paths with * ? [] {} or **, found \"old\""
        ),
        (#"{ "type": "tail", "paths": ["~/a", "b"] }"#, #"did you mean "${env:HOME}/a"?"#),
        (#"{ "type": "tail", "paths": ["/tmp"] }"#, #"did you mean "/tmp/*"?"#),
        (#"{ "type": "tail", "paths": ["/tmp/"] }"#, #"did you mean "/tmp/*"?"#),
        (#"{ "type": "tail", "paths": ["a"], "direction": "out" }"#, "tail only reads"),
        (#"{ "type": "tail", "paths": ["*"] }"#, "found the store among them"),
        (
            #"{ "type": "tail", "paths": ["a"], "multiline": { "start": "\bat" } }"#,
            #"did you mean "\\bat"?"#
        ),
        (#"{ "type": "telegram", "token": "TOKEN" }"#, "as @BotFather gave it"),
        (#"{ "type": "tcp", "listen": "unix:~/s" }"#, #"did you mean "${env:HOME}/s"?"#),
        (#"{ "type": "tcp", "listen": "unix:/tmp" }"#, #"found the directory "/tmp""#),
        (
            #"{ "type": "stdio" }, { "type": "stdio", "name": "b" }"#,
            "expected a standard input of its own, found the standard input of bridges[0]"
        ),
        (#"{ "type": "stdio", "when": "" }"#, "expected at least one bridge that is on"),
        (#"{ "type": "tcp", "port": 2000 }"#, #"did you mean "listen": "HOST:PORT"?"#),
        (#"{ "type": "tcp", "host": "::" }"#, #"did you mean "listen": "HOST:PORT"?"#),
        (#"{ "type": "tcp", "zzz": 1 }"#, "there are listen, mode, tls, "),
        (#"{ "type": "limit" }"#, #"it is a middleware and belongs in "middleware""#),
    ])
    func `what can't be meant of a bridge is a problem`(
        bridges: String, sentence: String
    ) async throws {
        let (status, _, errors) = try await check(#"{ "bridges": [\#(bridges)] }"#)
        #expect(status == 78)
        #expect(errors.contains { $0.contains(sentence) }, "\(errors)")
        #expect(errors.last == "1 problem in bridge.json. Nothing was started.")
    }

    @Test(arguments: [
        (#"{ "type": "tail", "paths": ["a"], "exclude": ["a"] }"#, #""exclude" leaves all"#),
        (#"{ "type": "tail", "paths": ["a"], "sender": "{name}" }"#, "there are {file} and {path}"),
        (#"{ "type": "tail", "paths": ["a"], "sender": "x:{file}" }"#, "can't be a name as it is"),
        (#"{ "type": "stdio", "sender": "ana:" }"#, #"it is shown as "ana""#),
        (
            #"{ "type": "stdio", "direction": "out", "middleware": [{ "type": "log" }] }"#,
            "nothing comes in"
        ),
        (
            #"{ "type": "stdio", "direction": "in", "outgoing": [{ "type": "log" }] }"#,
            "nothing goes out"
        ),
        (
            #"{ "type": "stdio", "middleware": [{ "type": "log", "bridges": ["b"] }] }, { "type": "tcp", "name": "b" }"#,
            "this chain gets only what this bridge brings in"
        ),
        (#"{ "type": "stdio" }, { "type": "tcp", "name": "STDIO" }"#, "only in its case"),
        (
            #"{ "type": "stdio", "senderFormat": "{name} (b)" }, { "type": "cuckoo", "name": "b" }"#,
            "people on this bridge are shown exactly like those on bridges[0]: put {bridge} into"
        ),
        (
            #"{ "type": "telegram", "token": "123456:abcdefghijklmnopqrstuvwxyzABCDEFGHI" }"#,
            "there are no chats"
        ),
        (
            #"{ "type": "telegram", "token": "1:2", "chats": { "-1": "general" } }"#,
            "@BotFather's tokens look different"
        ),
    ])
    func `what might be meant of a bridge is a warning`(
        bridges: String, sentence: String
    ) async throws {
        let (status, output, errors) = try await check(#"{ "bridges": [\#(bridges)] }"#)
        #expect(status == 0)
        #expect(output == ["bridge.json: no problems, 1 warning."])
        #expect(errors.count == 1)
        #expect(errors.first?.contains(sentence) == true, "\(errors)")
    }

    @Test(arguments: [
        (#"{ "store": "x.db","#, #"found "x.db"; did you mean {"path": "x.db"}?"#),
        (#"{ "store": { "path": ":memory:" },"#, #"did you mean "store": null?"#),
        (#"{ "store": { "path": "bridge.json" },"#, "found this configuration"),
        (#"{ "log": "debug","#, #"did you mean {"level": "debug"}?"#),
        (#"{ "rooms": "general","#, #"write ["general"]"#),
        (#"{ "rooms": ["General"],"#, #"did you mean "general"?"#),
        (#"{ "middleware": "log","#, #"it looks like [{"type": …}]"#),
        (#"{ "limit": {},"#, #"it is a middleware: write "middleware": [{"type": "limit"}]"#),
        (#"{ "colour": "x","#, "; there are name, language, rooms, "),
        (#"{ "database": "x","#, #"did you mean "store": {"path": "FILE"}?"#),
        (#"{ "name": "a\u00A0b","#, "(with U+00A0 no-break space)"),
        ("{ \u{A0}", "expected a plain space or none, found U+00A0 no-break space"),
        ("{ \u{201C}name\u{201D}: \"x\",", "found U+201C left double quotation mark"),
        ("{ 'name': \"x\",", "expected a key in double quotes, found a single quote"),
        ("{ \"log\": { \"level\": True },", "expected true, found True"),
        ("{ \"log\": { \"level\": yes },", "expected true, found yes"),
        ("{ # name\n", "comments begin with //"),
        ("{ \"name\" = \"x\",", "expected \":\", found \"=\""),
        (
            "- bridges:",
            "expected \"{\", as in {\"bridges\": [{\"type\": \"tcp\"}]}, found a number"
        ),
    ])
    func `a mistake at the top says what to write`(start: String, sentence: String) async throws {
        let (status, _, errors) = try await check(start + #""bridges": [\#(Self.chat)] }"#)
        #expect(status == 78)
        #expect(errors.count == 2, "\(errors)")
        #expect(errors.first?.contains(sentence) == true, "\(errors)")
    }

    @Test func `a log that a bridge follows is a problem if it goes round, else a warning`()
        async throws
    {
        let tail = #"{ "type": "tail", "paths": ["logs/*.log"], "exclude": ["b.log"] }"#
        let bridges = "\(Self.chat), \(tail)"
        let round = try await check(
            middleware: #"{ "type": "log", "file": "./logs/../logs/a.log" }"#, bridges: bridges)
        #expect(round.status == 78)
        #expect(round.errors.first?.contains("expected a file that no bridge follows") == true)
        let once = try await check(
            middleware: #"{ "type": "log", "file": "logs/a.log", "bridges": ["chat"] }"#,
            bridges: bridges)
        #expect(once.status == 0)
        #expect(
            once.errors.first?.contains("warning: middleware[0].file: bridges[1] follows") == true)
        let other = try await check(
            middleware: #"{ "type": "log", "file": "logs/b.log" }"#, bridges: bridges)
        #expect(other.errors == [])
    }

    @Test func `links to the store and to the configuration are seen`() async throws {
        let folder = try TestFolder()
        try folder.write(
            """
            { "middleware": [{ "type": "log", "file": "one" }, { "type": "log", "file": "two" }],
              "bridges": [\(Self.chat)] }
            """)
        try folder.write("", to: "puente.sqlite")
        for (link, target) in [("one", "puente.sqlite"), ("two", "bridge.json")] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.url.appending(path: link).path, withDestinationPath: target)
        }
        let (status, _, errors) = try await folder.result("check")
        #expect(status == 78)
        #expect(errors.count == 3)
        #expect(errors.first?.contains("found the store") == true)
    }

    @Test func `the daemon says the warnings at its start`() async throws {
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "listen": "127.0.0.1:0", "senderFormat": "{name}" }"#)
        let daemon = try folder.start()
        try await daemon.errors.lines(
            until:
                #".senderFormat: "{name}" has no parentheses, so people on this bridge can"#)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test(arguments: [#""${file:pipe}""#, #""${file:/dev/zero}""#, #""${file:.}""#])
    func `an endless file is an error`(name: String) async throws {
        let folder = try TestFolder(
            bridges: #"{ "type": "tcp", "name": \#(name) }"#)
        #expect(mkfifo(folder.url.appending(path: "pipe").path, 0o600) == 0)
        let (status, _, errors) = try await folder.result("check")
        #expect(status == 78)
        #expect(errors.first?.contains("can't read the file") == true)
    }

    @Test func `a configuration in a pipe is read, and one that nobody writes is a sentence`()
        async throws
    {
        let folder = try TestFolder()
        let pipe = folder.url.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        let (status, _, errors) = try await folder.result("check", "--config", "pipe")
        #expect(status == 78)
        #expect(
            errors.first == "pipe: a pipe or a device that did not end within 3s", "\(errors)")
    }

    @Test func `as many rooms, names and globs as a file holds are read once`() async throws {
        // Comparing each with each would take a thousand million steps.
        let rooms = (0..<30_000).map { "\"room-\($0)\"" }.joined(separator: ",")
        let wrong = (0..<30_000).map { "\"rom-\($0)\"" }.joined(separator: ",")
        let names = #"{ "type": "log", "rooms": [\#(rooms)] }"#
        let good = try await check(
            #"{ "rooms": [\#(rooms)], "middleware": [\#(names)], "bridges": [\#(Self.chat)] }"#)
        #expect(good.status == 0)
        let bad = try await check(
            #"{ "rooms": [\#(rooms)], "bridges": [\#(Self.chat)], "#
                + #""middleware": [{ "type": "log", "rooms": [\#(wrong)] }] }"#)
        #expect(bad.errors.last == "30000 problems in bridge.json. Nothing was started.")
        #expect(bad.errors.first?.contains("did you mean") == true)
    }

    @Test func `a hundred problems are shown and all are counted`() async throws {
        let rooms = (0..<1_000).map { "\"Room \($0)\"" }.joined(separator: ",\n")
        let (status, _, errors) = try await check(
            #"{ "rooms": [\#(rooms)], "bridges": [\#(Self.chat)] }"#)
        #expect(status == 78)
        #expect(errors.count == 102)
        #expect(errors[99].hasPrefix("bridge.json:100:"))
        #expect(
            errors.suffix(2) == [
                "… and 900 more problems", "1000 problems in bridge.json. Nothing was started.",
            ])
    }
}
