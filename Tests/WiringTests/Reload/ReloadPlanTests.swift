import MessageBus
import Testing

@testable import Wiring

@Suite struct ReloadPlanTests {
    private static func plan(
        _ old: String, _ new: String, secrets: (String, String) = ("s", "s")
    ) throws -> ReloadPlan {
        func read(_ text: String, _ secret: String) throws -> Configuration {
            try configuration(
                "{ \"language\": \"en\", \(text) }", variables: ["SECRET": secret],
                files: ["./secret": secret])
        }
        return try ReloadPlan(from: read(old, secrets.0), to: read(new, secrets.1)) { entry in
            entry.type == "tcp" ? ["maxLine"] : []
        }
    }

    private static func lines(_ old: String, _ new: String) throws -> [String] {
        try plan(old, new).lines
    }

    @Test func `a bridge of another type says so`() throws {
        #expect(
            try Self.lines(
                #""bridges": [{ "type": "tcp", "name": "a" }]"#,
                #""bridges": [{ "type": "stdio", "name": "a" }]"#)
                == ["bridge a: type changed, restarts"])
    }

    @Test func `a bridge that shares all rooms is run anew when there are others`() throws {
        func bridge(rooms: String) throws -> Configuration {
            try configuration(
                """
                { "language": "en", "rooms": [\(rooms)],
                  "bridges": [{ "type": "tcp", "name": "a" }] }
                """)
        }
        let (old, new) = (try bridge(rooms: "\"general\""), try bridge(rooms: "\"general\", \"b\""))
        for (sharesAll, line) in [(true, "rooms changed, restarts"), (false, "unchanged")] {
            let plan = try ReloadPlan(from: old, to: new, adjustable: { _ in [] }) { _ in sharesAll
            }
            #expect(plan.lines.contains("bridge a: \(line)"))
        }
        let same = try ReloadPlan(from: old, to: old, adjustable: { _ in [] }) { _ in true }
        #expect(same.isEmpty)
    }

    @Test func `units, defaults and the order of keys make no difference`() throws {
        let plan = try Self.plan(
            #""bridges": [{ "type": "tcp", "name": "a" }]"#,
            #""bridges": [{ "name": "a", "maxLine": 4096, "echo": true, "type": "tcp" }]"#)
        #expect(plan.isEmpty)
        #expect(plan.lines == ["bridge a: unchanged"])
    }

    @Test func `keys are named in the order of declaration, and no values`() throws {
        #expect(
            try Self.lines(
                #""bridges": [{ "type": "tcp" }]"#,
                #""bridges": [{ "type": "tcp", "echo": false, "maxLine": "1KiB" }]"#)
                == ["bridge tcp: maxLine, echo changed, restarts"])
    }

    @Test func `the status page comes, moves and goes`() throws {
        let tcp = #""bridges": [{ "type": "tcp" }]"#
        func status(_ port: Int) -> String {
            #""status": { "listen": "127.0.0.1:\#(port)" }, "# + tcp
        }
        #expect(try Self.lines(tcp, status(1)).first == "status is new")
        #expect(try Self.lines(status(1), status(2)).first == "status: listen changed")
        #expect(try Self.lines(status(1), tcp).first == "status is removed")
        #expect(try Self.plan(status(1), status(1)).isEmpty)
    }

    @Test func `a limit alone restarts nothing`() throws {
        #expect(
            try Self.lines(
                #""bridges": [{ "type": "tcp" }]"#,
                #""bridges": [{ "type": "tcp", "maxLine": "1KiB" }]"#)
                == ["bridge tcp: maxLine changed, goes on"])
    }

    @Test(arguments: ["${env:SECRET}", "${file:secret}"])
    func `a secret that has changed is a difference, and is not shown`(reference: String) throws {
        let text = #""bridges": [{ "type": "telegram", "token": "\#(reference)" }]"#
        #expect(try Self.plan(text, text).isEmpty)
        let plan = try Self.plan(text, text, secrets: ("old-secret", "new-secret"))
        #expect(plan.lines == ["bridge telegram: token changed, restarts"])
        var dump = ""
        Swift.dump(plan, to: &dump)
        #expect(!dump.contains("-secret"))
    }

    @Test func `a chain of a bridge's own goes on, one for what it is given restarts`() throws {
        let step = #"[{ "type": "limit" }]"#
        #expect(
            try Self.lines(
                #""bridges": [{ "type": "tcp" }, { "type": "stdio" }]"#,
                """
                "bridges": [{ "type": "tcp", "middleware": \(step) },
                            { "type": "stdio", "outgoing": \(step) }]
                """)
                == [
                    "bridge tcp: middleware changed, goes on",
                    "bridge stdio: outgoing changed, restarts",
                ])
    }

    @Test func `rooms, their order and the log are told`() throws {
        #expect(
            try Self.lines(
                #""rooms": ["a", "b"], "bridges": [{ "type": "tcp", "room": "b" }]"#,
                """
                "rooms": ["b", "a", "c"], "log": { "level": "debug" },
                "bridges": [{ "type": "tcp", "room": "b" }]
                """)
                == [
                    #"room "c" is new"#, "rooms: another order", "log: level changed",
                    "bridge tcp: unchanged",
                ])
    }

    @Test func `the first room is a bridge's own unless it says otherwise`() throws {
        #expect(
            try Self.lines(
                #""rooms": ["a", "b"], "bridges": [{ "type": "tcp" }]"#,
                #""rooms": ["b", "a"], "bridges": [{ "type": "tcp" }]"#
            ).last
                == "bridge tcp: room changed, restarts")
    }

    @Test(arguments: [
        ("name", #""name": "b","#), ("accounts, registration", #""accounts": "required","#),
        ("store", #""store": { "history": "1d" },"#), ("control", #""control": "x","#),
        ("store, control", #""store": null,"#),
    ])
    func `what can't change is named`(keys: String, more: String) throws {
        let bridges = #""bridges": [{ "type": "tcp" }]"#
        let refusal = try #require(throws: ReloadRefusal.self) {
            _ = try Self.plan(bridges, more + bridges)
        }
        #expect(refusal.description.hasPrefix("\(keys) changed: "))
        #expect(refusal.kind == .impossible)
    }

    @Test(arguments: [
        // The first of two is gone.
        (
            #"{ "type": "tcp", "greeting": "hola" }, { "type": "tcp", "echo": false }"#,
            #"{ "type": "tcp", "echo": false }"#
        ),
        // Two have changed places.
        (
            #"{ "type": "tcp" }, { "type": "tcp", "echo": false }"#,
            #"{ "type": "tcp", "echo": false }, { "type": "tcp" }"#
        ),
        // A new one stands in front.
        (#"{ "type": "tcp" }"#, #"{ "type": "tcp", "echo": false }, { "type": "tcp" }"#),
        // The name is gone.
        (#"{ "type": "tcp", "name": "chat" }"#, #"{ "type": "tcp" }"#),
    ])
    func `a bridge without a name that would be called otherwise needs one`(
        old: String, new: String
    ) throws {
        let refusal = try #require(throws: ReloadRefusal.self) {
            _ = try Self.plan(#""bridges": [\#(old)]"#, #""bridges": [\#(new)]"#)
        }
        #expect(refusal.description.hasSuffix("give it a name"), "\(refusal)")
    }

    @Test func `bridges come and go at the end, or with names, as they like`() throws {
        let tcp = #"{ "type": "tcp" }"#
        let other = #"{ "type": "tcp", "echo": false }"#
        #expect(
            try Self.lines(#""bridges": [\#(tcp), \#(other)]"#, #""bridges": [\#(tcp)]"#)
                == ["bridge tcp: unchanged", "bridge tcp-2 is removed"])
        #expect(
            try Self.lines(#""bridges": [\#(tcp)]"#, #""bridges": [\#(tcp), \#(tcp)]"#)
                == ["bridge tcp: unchanged", "bridge tcp-2 is new"])
        #expect(
            try Self.lines(
                #""bridges": [\#(tcp)]"#,
                #""bridges": [{ "type": "tcp", "name": "x", "echo": false }, \#(tcp)]"#)
                == ["bridge x is new", "bridge tcp: unchanged"])
    }
}
