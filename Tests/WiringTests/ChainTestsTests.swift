import MessageBus
import Sockets
import Testing

@testable import Wiring

@Suite struct ChainTestsTests {
    /// A middleware that lets one message of each sender pass in a second.
    private struct Once: Middleware {
        private var last: [UInt64: Duration] = [:]

        mutating func handle(_ message: inout Message) -> Verdict {
            defer { last[message.sender.identity] = message.moment }
            guard let before = last[message.sender.identity], message.moment - before < .seconds(1)
            else { return .pass }
            return .drop("not again", code: "rate-limited")
        }
    }

    /// A middleware that drops what contains its word, with the sender's name as the reason.
    private struct Without: Middleware {
        struct Options: PluginOptions {
            @Option("The word.") var word: String
        }

        let options: Options

        func handle(_ message: inout Message) -> Verdict {
            message.text.contains(options.word) ? .drop("no, \(message.sender.name)") : .pass
        }
    }

    /// A middleware that makes texts louder.
    private struct Loud: Middleware {
        func handle(_ message: inout Message) -> Verdict {
            message.text = message.text.uppercased()
            return .pass
        }
    }

    /// A bridge of people.
    private struct Chat: PeopleHosting {
        func run(_ port: Port) async throws {}
    }

    private static var registry: Registry {
        var registry = Registry.fake
        registry.middleware("once", Once.init)
        registry.middleware("without") { Without(options: $0) }
        registry.middleware("loud", Loud.init)
        registry.bridge("chat", Chat.init)
        return registry
    }

    /// A configuration in which nothing but the chains can be made: its token is not there.
    private static let text = """
        { "rooms": ["general", "logs"],
          "middleware": [{ "type": "once" }, { "type": "without", "word": "casino" }],
          "bridges": [{ "type": "chat", "middleware": [{ "type": "loud", "rooms": ["logs"] }] },
            { "type": "telegram", "token": "${env:NO}", "room": "logs", "unknown": 1 },
            { "type": "stdio", "when": "", "middleware": [{ "type": "nothing" }] }],
          "tests": [
        TESTS
          ] }
        """

    private static func read(_ tests: String) throws -> (ChainConfiguration, ChainTests) {
        let environment = Environment.fake(text.replacing("TESTS", with: tests))
        let configuration = try ChainConfiguration.read(
            "bridge.json", registry: registry, environment: environment)
        return (configuration, try ChainTests.read(in: configuration, environment: environment))
    }

    /// Runs tests and returns their TAP.
    private static func run(_ tests: String) async throws -> [String] {
        let (configuration, suite) = try read(tests)
        let loop = try EventLoop()
        try loop.start(named: "trial")
        defer { loop.stop() }
        let runner = ChainTestRunner(configuration, namePolicy: NamePolicy(), on: loop)
        var report = TAPReport("bridge.json")
        var lines = [report.beginning(count: suite.tests.count)]
        for test in suite.tests {
            lines.append(report.lines(try await runner.run(test), in: suite.file))
        }
        return lines.joined(separator: "\n").split(separator: "\n").map(String.init)
    }

    @Test func `chains are made anew for each test, and time passes only by after`() async throws {
        let lines = try await Self.run(
            #"""
            { "name": "one", "say": [{ "bridge": "chat", "text": "a" }, { "bridge": "chat", "text": "b" },
                { "bridge": "chat", "text": "c", "after": "1s" }, { "bridge": "chat", "from": "eva", "text": "d" }],
              "expect": ["pass", { "drop": "once" }, "pass", "pass"] },
            { "name": "two", "say": [{ "bridge": "chat", "text": "a" }], "expect": ["pass"] }
            """#)
        #expect(lines == ["TAP version 14", "1..2", "ok 1 - one", "ok 2 - two"])
    }

    @Test func `a bridge's own chain comes first, and only in the rooms it is for`() async throws {
        let lines = try await Self.run(
            #"""
            { "name": "loud", "say": [{ "bridge": "chat", "room": "logs", "text": "casino" },
                { "bridge": "chat", "text": "casino", "from": "eva" }],
              "expect": [{ "pass": { "text": "CASINO" } }, { "drop": "without", "reason": "no, eva" }] }
            """#)
        #expect(lines.last == "ok 1 - loud")
    }

    @Test func `names are shown as the bridge's format says, unless its people are of this bus`()
        async throws
    {
        let lines = try await Self.run(
            #"""
            { "name": "names", "say": [{ "bridge": "telegram", "from": "Ana", "text": "casino" },
                { "bridge": "telegram", "from": "Eva (telegram)", "text": "casino", "after": "1m" },
                { "bridge": "chat", "from": "ana", "text": "casino" }],
              "expect": [{ "drop": "dropped", "reason": "no, Ana (telegram)" },
                { "drop": "without", "reason": "no, Eva (telegram)" },
                { "drop": "without", "reason": "no, ana" }] }
            """#)
        #expect(lines.last == "ok 1 - names")
    }

    @Test func `a failure tells what was expected, what was found, and the step's place`()
        async throws
    {
        let lines = try await Self.run(
            #"""
            { "name": "a # b", "say": [{ "bridge": "chat", "text": "a casino" },
                { "bridge": "chat", "text": " ", "from": "eva" }],
              "expect": [{ "pass": { "text": "a, \"b\": c" } }, "pass"] }
            """#)
        #expect(
            lines.dropFirst(2) == [
                ##"not ok 1 - a \# b"##, "  ---", "  failures:", "    - say: 1",
                #"      at: "bridge.json:7:28""#,
                #"      expected: {"pass": {"text": "a, \"b\": c"}}"#,
                #"      found: {"drop": "without", "reason": "no, somebody"}"#,
                #"      step: "bridge.json:2:38: middleware[1] without""#, "    - say: 2",
                #"      at: "bridge.json:8:5""#, #"      expected: "pass""#,
                #"      found: {"drop": "dropped", "reason": "nothing was said"}"#, "  ...",
            ])
    }

    @Test func `what can't be meant is reported with its place`() {
        let tests = #"""
            { "name": "x", "say": [{ "bridge": "cha", "room": "log", "text": "a" }], "expect": [] },
            { "name": "x", "say": [], "expect": ["drop"] },
            { "name": "x", "say": [{ "bridge": "stdio", "text": "a" }], "expect": [{ "drp": "x" }] }
            """#
        #expect {
            try Self.read(tests)
        } throws: { error in
            "\(error)" == """
                bridge.json:7:36: tests[0].say[0].bridge: there is no bridge "cha"; did you mean "chat"?
                bridge.json:7:51: tests[0].say[0].room: there is no room "log"; did you mean "logs"?
                bridge.json:8:23: tests[1].say: expected at least one text, found an empty list
                bridge.json:8:38: tests[1].expect[0]: expected "pass", {"pass": {"text": "…"}} or {"drop": "TYPE or CODE"}, found "drop"; a drop names its step, as in {"drop": "filter"}
                bridge.json:9:36: tests[2].say[0].bridge: the chain of "stdio" can't be made: no middleware is called "nothing"; there are limit, log, loud, once, replace, without
                bridge.json:9:72: tests[2].expect[0]: expected "pass", {"pass": {"text": "…"}} or {"drop": "TYPE or CODE"}, found an object
                6 problems in bridge.json. Nothing was started.
                """
        }
    }

    @Test func `a file of tests is a list, one test, or an object with tests`() throws {
        let (configuration, _) = try Self.read("")
        let test = #"""
            { "name": "x", "say": [{ "bridge": "chat", "text": "a" }], "expect": ["pass"] }
            """#
        for text in [test, "[\(test)]", "{ \"tests\": [\(test)] }"] {
            let tests = try ChainTests.read(
                "t.json", for: configuration,
                environment: .fake("", files: ["t.json": text]))
            #expect(tests.tests.map(\.name) == ["x"])
        }
    }

    @Test func `tests and a schema mean nothing to a bus that runs`() {
        #expect(
            problems(
                #"{"$schema":"${x","tests":{"${env:NO}":"${"},"bridges":[{"type":"tcp"}]}"#) == [])
    }
}
