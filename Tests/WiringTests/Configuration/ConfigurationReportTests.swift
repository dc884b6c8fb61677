import MessageBus
import Testing

@testable import Wiring

@Suite struct ConfigurationReportTests {
    @Test func `the example of the documentation comes out exactly`() {
        let text = """
            {
              "name": "puente",
              "language": "es",
              "rooms": ["lobby", "logs"],
              "store": { "path": "puente.sqlite", "history": "90d" },
              "accounts": "open",
              "middleware": [
                { "type": "log" },
                { "type": "limit", "messages": -5, "per": "10s" },
              ],
              "bridges": [
                {
                  "type": "tcp",
                  "lisen": "0.0.0.0:2000"
                },
                // The terminal
                // of whoever runs it.
                { "type": "stdio", "sender": "operador" },
                /* The group
                   at Telegram. */ {
                  "type": "telegarm",
                  "when": true,
                  "room":  "loby"
                },
              ]
            }
            """
        let expected = """
            bridge.json:9:36: middleware[1].messages: expected a whole number > 0, found -5
            bridge.json:14:7: bridges[0].lisen: "tcp" has no option "lisen"; did you mean "listen"?
            bridge.json:21:15: bridges[2].type: no bridge is called "telegarm"; there are stdio, tail, tcp, telegram; did you mean "telegram"?
            bridge.json:23:16: bridges[2].room: there is no room "loby"; did you mean "lobby"?
            4 problems in bridge.json. Nothing was started.
            """
        #expect(report(text) == expected)
        #expect(report(text.split(separator: "\n").joined(separator: "\r\n")) == expected)
        #expect(report("\u{FEFF}" + text) == expected)
    }

    @Test func `one problem is one problem`() {
        #expect(
            report("{}") == """
                bridge.json:1:1: missing "bridges", a list of at least one bridge
                1 problem in bridge.json. Nothing was started.
                """)
    }

    @Test func `a file that is not there is reported`() {
        let environment = Environment.fake("")
        #expect {
            try Configuration.read("x/y.json", registry: .fake, environment: environment)
        } throws: { error in
            "\(error)" == """
                x/y.json: no such file or directory
                1 problem in x/y.json. Nothing was started.
                """
        }
    }

    @Test(arguments: [
        (
            #"{"type":"tcp","Listen":"x"}"#,
            ["1:27: bridges[0].Listen: \"tcp\" has no option \"Listen\"; did you mean \"listen\"?"]
        ),
        (
            #"{"type":"tcp","namme":"x"}"#,
            ["1:27: bridges[0].namme: \"tcp\" has no option \"namme\"; did you mean \"name\"?"]
        ),
        (
            #"{"type":"tcp","zzzzz":"x"}"#,
            [
                "1:27: bridges[0].zzzzz: \"tcp\" has no option \"zzzzz\"; there are listen, tls, maxLine, echo, greeting, type, name, room, direction, middleware, outgoing, senderFormat, when, optional"
            ]
        ),
        (
            #"{"type":"tcp","echo":"true","maxLine":5}"#,
            [
                "1:34: bridges[0].echo: expected true or false, found \"true\"; write true without quotes",
                "1:51: bridges[0].maxLine: expected a size from 16 to 1MiB, like \"64KiB\", found 5",
            ]
        ),
        (
            #"{"type":"tcp","tls":{"certificate":"c","kye":"k"}}"#,
            ["1:52: bridges[0].tls.kye: \"tls\" has no option \"kye\"; did you mean \"key\"?"]
        ),
        (
            #"{"type":"tcp","tls":{"certificate":"c"}}"#,
            ["1:33: bridges[0].tls: missing \"key\", a string"]
        ),
        (
            #"{"type":"tail"}"#,
            ["1:13: bridges[0]: missing \"paths\", a list of names, perhaps with * or ?"]
        ),
        (
            #"{"type":"tail","path":["a"]}"#,
            ["1:28: bridges[0].path: \"tail\" has no option \"path\"; did you mean \"paths\"?"]
        ),
        (
            #"{"type":"tail","paths":["a","b",3]}"#,
            ["1:45: bridges[0].paths[2]: expected a name, perhaps with * or ?, found 3"]
        ),
        (
            #"{"type":"tail","paths":["a"],"paths":["b"]}"#,
            ["1:42: bridges[0].paths: \"paths\" is given twice, first in line 1"]
        ),
        (
            #"{"name":"x"}"#,
            ["1:13: bridges[0]: missing \"type\", the name of a bridge like \"tcp\""]
        ),
        (
            #"{"type":7}"#,
            ["1:21: bridges[0].type: expected the name of a bridge like \"tcp\", found 7"]
        ),
        (
            #"5"#,
            [
                "1:13: bridges[0]: expected an object with its \"type\", found a number; it looks like {\"type\": …}"
            ]
        ),
        (
            #"{"type":"stdio","direction":"inn"}"#,
            [
                "1:41: bridges[0].direction: expected one of \"both\", \"in\", \"out\", found \"inn\"; did you mean \"in\"?"
            ]
        ),
        (
            #"{"type":"stdio","name":"a(b"}"#,
            [
                "1:36: bridges[0].name: expected a name of 1–32 characters, none of ( ) [ ] : * ?, found \"a(b\""
            ]
        ),
        (
            #"{"type":"stdio","senderFormat":"{bridge}"}"#,
            [
                "1:44: bridges[0].senderFormat: expected a string with {name} and without a colon in it, found \"{bridge}\""
            ]
        ),
        (
            #"{"type":"stdio","when":5}"#,
            [
                "1:36: bridges[0].when: expected a string, true or false, found a number; false leaves the bridge out"
            ]
        ),
        (
            #"{"type":"stdio","sender":"${env:NO}"}"#,
            ["1:38: bridges[0].sender: the environment variable NO is not set"]
        ),
        (
            #"{"type":"stdio","sender":"${file:no}"}"#,
            ["1:38: bridges[0].sender: can't read the file no: no such file or directory"]
        ),
        (
            #"{"type":"stdio","sender":"a${b"}"#,
            ["1:38: bridges[0].sender: expected \"}\" after \"${\""]
        ),
        (
            #"{"type":"stdio","sender":"${x:y}"}"#,
            ["1:38: bridges[0].sender: expected ${env:NAME}, ${env:NAME:-default} or ${file:PATH}"]
        ),
        (
            #"{"type":"telegram","token":"t","chats":{"-1/7":"generol","7":"general"}}"#,
            [
                "1:60: bridges[0].chats[\"-1/7\"]: there is no room \"generol\"; did you mean \"general\"?"
            ]
        ),
        (
            #"{"type":"telegram","token":"t","chats":{"7":"general"}}"#,
            ["1:53: bridges[0].chats[\"7\"]: expected a chat's id"]
        ),
        (
            #"{"type":"stdio","outgoing":[{"type":"limit","by":"user","burst":0,"rooms":["log*","logs"]}]}"#,
            [
                "1:62: bridges[0].outgoing[0].by: expected one of \"sender\", \"bridge\", \"room\", found \"user\"",
                "1:77: bridges[0].outgoing[0].burst: expected a whole number > 0, found 0",
                "1:88: warning: bridges[0].outgoing[0].rooms[0]: no room matches \"log*\"; there is only general",
                "1:95: bridges[0].outgoing[0].rooms[1]: there is no room \"logs\"",
            ]
        ),
        (
            #"{"type":"stdio","middleware":[{"type":"limit","burst":3,"kinds":["joins"],"bridges":["stdoi"]}]}"#,
            [
                "1:67: bridges[0].middleware[0].burst: expected at least messages, 20, found 3",
                "1:78: bridges[0].middleware[0].kinds[0]: expected one of \"message\", \"join\", \"rename\", \"leave\", \"edit\", found \"joins\"; did you mean \"join\"?",
                "1:98: bridges[0].middleware[0].bridges[0]: there is no bridge \"stdoi\"; did you mean \"stdio\"?",
            ]
        ),
        (
            #"{"type":"stdio","middleware":[{"type":"replace","rules":[{"find":"a","wiht":"b"}]}]}"#,
            [
                "1:82: bridges[0].middleware[0].rules[0].wiht: \"rules\" has no option \"wiht\"; did you mean \"with\"?"
            ]
        ),
        (
            #"{"type":"stdio","middleware":[{"type":"limt"}]}"#,
            [
                "1:51: bridges[0].middleware[0].type: no middleware is called \"limt\"; there are limit, log, replace; did you mean \"limit\"?"
            ]
        ),
        (
            #"{"type":"stdio"},{"type":"tcp","name":"stdio"},{"type":"tcp","name":"stdio"}"#,
            ["1:81: bridges[2].name: the name \"stdio\" is taken by bridges[1]"]
        ),
        (
            #"{"type":"telegram","token":"SECRET"},{"type":"telegram","token":"u"},{"type":"telegram","token":"SECRET","when":""},{"type":"telegram","token":"SECRET"}"#,
            [
                "1:156: bridges[3].token: expected a bot of its own, found the token of bridges[0]"
            ]
        ),
    ])
    func `a mistake in a bridge is found where it is`(entries: String, expected: [String]) {
        #expect(problems(#"{"bridges":["# + entries + "]}") == expected)
    }

    @Test(arguments: [
        (#""romms":["a"]"#, ["1:31: romms: there is no option \"romms\"; did you mean \"rooms\"?"]),
        (#""rooms":[]"#, ["1:39: rooms: expected at least one room, found an empty list"]),
        (
            #""rooms":["a","Á b","a",5]"#,
            [
                "1:44: rooms[1]: expected a room's name, 1–32 of a-z 0-9 _ -, found \"Á b\"",
                "1:50: rooms[2]: the room \"a\" is given twice",
                "1:54: rooms[3]: expected a room's name, 1–32 of a-z 0-9 _ -, found 5",
            ]
        ),
        (
            #""language":"EN""#,
            ["1:42: language: expected one of \"es\", \"en\", found \"EN\"; did you mean \"en\"?"]
        ),
        (
            #""store":{"pth":"x","history":"90 d"}"#,
            [
                "1:40: store.pth: \"store\" has no option \"pth\"; did you mean \"path\"?",
                "1:60: store.history: expected a duration like \"10s\", found \"90 d\"; did you mean \"90d\"?",
            ]
        ),
        (
            #""log":{"level":"warn"}"#,
            [
                "1:46: log.level: expected one of \"debug\", \"info\", \"warning\", \"error\", found \"warn\"; did you mean \"warning\"?"
            ]
        ),
        (
            #""name":"é́","language":"fr""#,
            ["1:53: language: expected one of \"es\", \"en\", found \"fr\""]
        ),
        (
            #""middleware":{}"#,
            [
                "1:44: middleware: expected a list of objects, each with its \"type\", found an object; put [ ] around it"
            ]
        ),
        (#""bridges":1"#, ["1:31: bridges: \"bridges\" is given twice, first in line 1"]),
    ])
    func `a mistake at the top is found where it is`(member: String, expected: [String]) {
        #expect(problems(#"{"bridges":[{"type":"stdio"}],"# + member + "}") == expected)
    }

    @Test(arguments: [
        (
            #"{"type":"tcp","listen":"${env:S}"}"#,
            "1:36: bridges[0].listen: expected an address like \"0.0.0.0:2000\" or \"unix:/run/puente.sock\", found \"${env:S}\""
        ),
        (
            #"{"type":"stdio","sender":"${file:no-${env:S}}"}"#,
            "1:38: bridges[0].sender: can't read the file no-${env:S: no such file or directory"
        ),
        (
            #"{"type":"stdio","name":"${env:NO:-a}:${env:S}"}"#,
            "1:36: bridges[0].name: expected a name of 1–32 characters, none of ( ) [ ] : * ?, found \"${env:NO:-a}:${env:S}\""
        ),
        (
            #"{"type":"tcp","greeting":"${file:f}"}"#,
            "1:38: bridges[0].greeting: expected a friendly word, found \"${file:f}\""
        ),
        (
            #"{"type":"tcp","greeting":"rude"}"#,
            "1:38: bridges[0].greeting: expected a friendly word, found \"rude\""
        ),
    ])
    func `values from the environment or a file are shown as written in this one`(
        entry: String, expected: String
    ) {
        let found = problems(
            #"{"bridges":["# + entry + "]}", variables: ["S": "S3CRET "], files: ["./f": "S3CRET"])
        #expect(found == [expected])
    }

    @Test(arguments: [
        (
            #""bridges":[{"type":"tcp","maxLine":"${env:N}"}]"#,
            #", which needs a unit as in "64KiB""#
        ),
        (
            #""middleware":[{"type":"limit","per":"${env:N}"}]"#,
            #", which needs a unit as in "10s""#
        ),
        (#""middleware":[{"type":"limit","messages":"${env:N}"}]"#, ": write the number here"),
        (#""middleware":[{"type":"limit","burst":"${file:n}"}]"#, ": write the number here"),
        (#""bridges":[{"type":"tcp","echo":"${env:N}"}]"#, ": write true or false here"),
        (#""bridges":[{"type":"tail","paths":"${env:N}"}]"#, ": put [ ] around it"),
        (#""rooms":"${env:N}""#, ": put [ ] around it"),
        (#""middleware":[{"type":"replace","rules":"${env:N}"}]"#, ""),
        (#""bridges":[{"type":"tcp","tls":"${env:N}"}]"#, ""),
        (#""status":"${env:N}""#, ""),
    ])
    func `what is put in where no string is wanted gets a hint`(member: String, hint: String) {
        let bridges = member.contains("bridges") ? "" : #","bridges":[{"type":"stdio"}]"#
        let found = problems(
            "{\(member)\(bridges)}", variables: ["N": "8192"], files: ["./n": "8192\n"])
        #expect(found.count == 1)
        #expect(
            found.first?.hasSuffix(#"}"; what is put in is always a string"# + hint) == true,
            "\(found)")
    }

    @Test(arguments: [
        (#""bridges":[{"type":"tcp","maxLine":"${env:SIZE}"}]"#, 1),
        (#""middleware":[{"type":"limit","by":"${env:SIZE}"}]"#, 1),
        (#""bridges":[{"type":"tcp","maxLine":"${env:GOOD}"}]"#, 0),
    ])
    func `what is put in where a string is wanted gets none`(member: String, count: Int) {
        let bridges = member.contains("bridges") ? "" : #","bridges":[{"type":"stdio"}]"#
        let found = problems(
            "{\(member)\(bridges)}", variables: ["SIZE": "900MiB", "GOOD": "64KiB"])
        #expect(found.count == count)
        #expect(!found.contains { $0.contains("put in") })
    }

    @Test func `what a factory throws is a problem of its entry`() throws {
        let good = try configuration(#"{"bridges":[{"type":"stdio","sender":"nobody"}]}"#)
        var problems = Problems()
        #expect(good.bridges[0].make(.fake, into: &problems) == nil)
        #expect(
            ConfigurationReport(file: good.file, problems: problems).description == """
                bridge.json:1:13: bridges[0]: stdin is closed
                1 problem in bridge.json. Nothing was started.
                """)
    }
}
