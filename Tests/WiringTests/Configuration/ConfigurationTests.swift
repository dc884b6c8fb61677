import MessageBus
import TestSupport
import Testing

@testable import Wiring

@Suite struct ConfigurationTests {
    @Test func `options that are not given have their defaults`() throws {
        let read = try configuration(#"{"bridges":[{"type":"tcp"}]}"#)
        #expect(read.name == "puente")
        #expect(read.language == .es)
        #expect(read.rooms == ["general"])
        #expect(read.store?.path == "puente.sqlite")
        #expect(read.store?.history == .seconds(7_776_000))
        #expect(read.accounts == .open)
        #expect(read.isRegistrationOpen)
        #expect(read.log.level == .info)
        #expect(read.log.format == .text)
        #expect(read.directory == ".")
        let bridge = try #require(read.bridges.first)
        #expect(bridge.name == "tcp")
        #expect(bridge.room == "general")
        #expect(bridge.direction == .both)
        #expect(bridge.senderFormat == "{name} ({bridge})")
        #expect(read.warnings.isEmpty)
        #expect(!bridge.isOptional)
    }

    @Test func `given options are kept, and plug-ins made with them`() throws {
        let read = try configuration(
            #"""
            {"store": null, "registration": "closed", "rooms": ["a", "b"], // comment
             "bridges": [{"type":"tcp", "name":"chat", "listen":"[::]:0", "room":"b",
               "tls": {"certificate": "c", "key": "${file:k}"}, "maxLine": "64KiB",
               "middleware": [{"type":"limit", "messages": 1e2, "burst": 200.0, "bridges": ["c*"],
                               "kinds": ["join"]}],
               "senderFormat": "<{name}>", "optional": true}],}
            """#, files: ["./k": "kk\n\n"])
        #expect(read.store == nil)
        #expect(!read.isRegistrationOpen)
        let bridge = try #require(read.bridges.first)
        #expect(bridge.room == "b")
        #expect(bridge.isOptional)
        #expect(read.warnings.map(\.path) == ["bridges[0].senderFormat"])
        var problems = Problems()
        let made = try #require(bridge.make(.fake, into: &problems) as? FakeTCP)
        #expect(made.options.listen == .network(host: "::", port: 0))
        #expect(made.options.tls?.key == "kk\n")
        #expect(made.options.maxLine == 65_536)
        let entry = try #require(bridge.middleware.first)
        #expect(entry.condition == Condition(bridges: [Glob("c*")], kinds: [.join]))
        let limit = try #require(entry.make(.fake, into: &problems) as? FakeLimit)
        #expect(limit.options.messages == 100)
        #expect(limit.options.burst == 200)
    }

    @Test func `bridges are called by their type, and by a number after the first`() throws {
        let read = try configuration(
            #"""
            {"bridges": [{"type":"tcp"}, {"type":"tcp","name":"tcp-2"}, {"type":"tcp"},
                         {"type":"tcp","when":""}, {"type":"tcp"}]}
            """#)
        #expect(read.bridges.map(\.name) == ["tcp", "tcp-2", "tcp-3", "tcp-5"])
        #expect(read.leftOut == [LeftOutBridge(type: "tcp", name: "tcp-4")])
    }

    @Test(arguments: [
        #""""#, #""false""#, "false", #""${env:NO}""#, #""${env:EMPTY}""#, #""${env:NO:-false}""#,
    ])
    func `an empty or false when leaves a bridge out, unchecked`(when: String) throws {
        let read = try configuration(
            #"{"middleware":[{"type":"log","bridges":["tg"]}],"bridges":[{"type":"stdio"},"#
                + #"{"type":"telegram","name":"tg","token":["${env:NO}"],"x":1,"when":\#(when)}]}"#,
            variables: ["EMPTY": ""])
        #expect(read.bridges.map(\.name) == ["stdio"])
        #expect(read.leftOut.map(\.name) == ["tg"])
    }

    @Test(arguments: [#""true""#, "true", #""yes""#, #""1""#, #""${env:SET}""#])
    func `any other when leaves a bridge in`(when: String) throws {
        let read = try configuration(
            #"{"bridges":[{"type":"stdio","when":\#(when)}]}"#, variables: ["SET": "x"])
        #expect(read.bridges.count == 1)
    }

    @Test func `the type of a bridge left out has to exist`() {
        #expect(
            problems(#"{"bridges":[{"type":"no","when":""}]}"#) == [
                "1:12: bridges: expected at least one bridge that is on, found 1 that its \"when\" leaves out",
                "1:21: bridges[0].type: no bridge is called \"no\"; there are stdio, tail, tcp, telegram",
            ])
    }

    @Test func `references are put in, several in a string, once`() throws {
        let read = try configuration(
            #"{"name":"${env:A}-${file:f}-${env:NO:-d}-${env:EMPTY:-e}","bridges":[{"type":"stdio"}]}"#,
            variables: ["A": "a", "EMPTY": ""], files: ["./f": "${env\r\n"])
        #expect(read.name == "a-${env-d-e")
    }

    @Test func `any file is either right or reported`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        let words = [
            "{", "}", "[", "]", "1", "-1e9", "null", "true", "\"\"", "\"${env:A}\"", "\"x\"", ",",
            "\"tcp\"", "\"tail\"", "\"type\"", "\"paths\"", "\"name\"", "\"when\"", "{}", "[]",
        ]
        let sample = [
            "{", "\"rooms\"", ":", "[", "\"a\"", "]", ",", "\"store\"", ":", "{", "\"history\"",
            ":", "\"1d\"", "}", ",", "\"middleware\"", ":", "[", "{", "\"type\"", ":",
            "\"limit\"", ",", "\"burst\"", ":", "30", "}", "]", ",", "\"bridges\"", ":", "[", "{",
            "\"type\"", ":", "\"telegram\"", ",", "\"token\"", ":", "\"t\"", ",", "\"chats\"", ":",
            "{", "\"-1\"", ":", "\"a\"", "}", "}", "]", "}",
        ]
        #expect(report(sample.joined()) == "")
        for _ in 0..<1_000 {
            var tokens = sample
            for _ in 0...random.below(3) {
                tokens[random.below(tokens.count)] = words[random.below(words.count)]
            }
            let text = report(tokens.joined(separator: "\n"), variables: ["A": "a"])
            #expect(
                text.isEmpty || text.hasSuffix("in bridge.json. Nothing was started."),
                "seed \(seed): \(tokens.joined())")
        }
    }

    @Test func `no secret is shown, wherever the mistake is`() {
        let secret = "s3cr3t"
        let variables = ["S": secret]
        let entries = [
            #"{"type":"telegram","token":["s3cr3t"]}"#,
            #"{"type":"telegram","token":s3cr3t}"#,
            #"{"type":"telegram","token":"t","spare":"s3cr3t"}"#,
            #"{"type":"telegram","token":"t","spare":["s3cr3t",{"s":"s3cr3t"}]}"#,
            #"{"type":"telegram","token":"t","passwords":"s3cr3t"}"#,
            #"{"type":"telegram","token":"t","passwords":["s3cr3t"]}"#,
            #"{"type":"telegram","tokn":"s3cr3t"}"#,
            #"{"type":"telegram","token":"s3cr3t\x"}"#,
            "{\"type\":\"telegram\",\"token\":\"s3cr3t}",
            #"{"type":"telegram","token":'s3cr3t'}"#,
            #"{"type":"telegram","token":"${env:S}${env:NO}"}"#,
            #"{"type":"telegram","token":["${env:S}"]}"#,
            #"{"type":"telegram","token":"t","when":["${env:S}"]}"#,
            #"{"type":"tcp","listen":"${file:s}"}"#,
            #""s3cr3t""#,
        ]
        for entry in entries {
            let text = report(
                #"{"bridges":["# + entry + "]}", variables: variables, files: ["./s": secret])
            #expect(!text.isEmpty, "\(entry)")
            #expect(!text.contains(secret), "\(text)")
        }
    }

    @Test func `a configuration with a secret does not print it`() throws {
        let read = try configuration(
            #"{"bridges":[{"type":"telegram","token":"s3cr3t","passwords":{"a":"s3cr3t"}}]}"#)
        var problems = Problems()
        let made = try #require(read.bridges[0].make(.fake, into: &problems) as? FakeTelegram)
        #expect(made.options.token.reveal() == "s3cr3t")
        var text = "\(read) \(made) \(String(reflecting: made))"
        dump(read, to: &text)
        dump(made, to: &text)
        text += made.options.rendered
        #expect(!text.contains("s3cr3t"))
    }
}
