import Foundation
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebhookBridge

extension WebhookTests {
    /// Requests that come in.
    @Suite(.serialized) struct ReceivingTests {
        private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        /// The seconds since 1970 at which a test's clock begins.
        private static let start = 1_735_689_600

        private static func host(
            _ hook: String, _ more: String = "", store: any MessageStore = MemoryStore(),
            middlewares: [any Middleware] = []
        ) async throws -> WebhookHost {
            try await WebhookHost(
                #"{"hook": {"path": "x", "listen": "127.0.0.1:0", \#(hook)}\#(more)}"#,
                store: store, middlewares: middlewares)
        }

        private static func local(
            _ hook: String = #""text": "{/text}""#, store: any MessageStore = MemoryStore(),
            middlewares: [any Middleware] = []
        ) async throws -> WebhookHost {
            try await host(#""proof": "none", \#(hook)"#, store: store, middlewares: middlewares)
        }

        @Test func `what comes in is said, marked as automatic, and answered once it is kept`()
            async throws
        {
            let store = MemoryStore()
            let host = try await Self.local(
                #""text": "{/repo/name}: {/n|0} {/list/1} {/x~1y} {/o}{{}", "from": "{/who}""#,
                store: store)
            store.hold()
            let port = await host.hookPort()
            async let answer = WebhookHost.post(
                #"{"repo":{"name":"acme"},"who":"eva","list":[1,true],"x/y":2.0,"o":{"a":[null]}}"#,
                port: port)
            let message = await host.read(1)[0]
            #expect(message.text == #"acme: 0 true 2 {"a":[null]}{}"#)
            #expect(message.sender.name == "eva (hook)")
            #expect(message.isAutomatic)
            #expect(store.disk.messages.isEmpty)
            store.release()
            #expect(try await answer.status == 200)
            #expect(try await answer.text == "#\(message.number)\n")
            #expect(store.disk.messages.map(\.number) == [message.number])
            try await host.stop()
        }

        @Test func `forms are read, and what is no JSON is refused`() async throws {
            let host = try await Self.local()
            let form = "application/x-www-form-urlencoded"
            let bodies = [
                (#"{"text":"uno"}"#, "application/json", 200),
                ("payload=%7B%22text%22%3A%22d%C3%B3s+%2B%22%7D&x=1", form, 200),
                ("x=1&payload=%7B%22text%22%3A%22tres%22%7D", "\(form); charset=utf-8", 200),
                // What curl -d sends.
                (#" {"text":"cuatro"}"#, form, 200),
                ("nothing", "application/json", 400), ("", "application/json", 400),
                ("payload=%7", form, 400), ("x=1", form, 400), ("payload=no", form, 400),
                (#"{"text":"x"} rest"#, "application/json", 400),
                (String(repeating: "[", count: 100_000), "application/json", 400),
                ("{\"text\":\"\u{0}\"}", "application/json", 400),
            ]
            for (body, type, status) in bodies {
                let answer = try await host.post(body, type: type)
                #expect(answer.status == status, "\(body.prefix(40)): \(answer.text)")
            }
            #expect(await host.read(4).map(\.text) == ["uno", "dós +", "tres", "cuatro"])
            try await host.stop()
        }

        @Test func `what nothing is said about is taken, and what is blank is dropped`()
            async throws
        {
            let host = try await Self.local(
                #"""
                "text": [{"where": "/action", "is": "opened", "text": "abierto: {/n}"},
                    {"where": "/n", "is": 7, "text": "siete"},
                    {"where": "/gone", "is": null, "text": "{/blank}"}]
                """#)
            #expect(try await host.post(#"{"action":"opened","n":1}"#).status == 200)
            #expect(try await host.post(#"{"n":7.0}"#).status == 200)
            #expect(try await host.post(#"{"n":8,"gone":1}"#).text == "nothing to say\n")
            let blank = try await host.post("{}")
            #expect(blank.status == 422)
            #expect(blank.text == "nothing was said\n")
            #expect(await host.read(2).map(\.text) == ["abierto: 1", "siete"])
            try await host.stop()
        }

        @Test func `dropped is 422, limited is 429, too large is 413, elsewhere is 404`()
            async throws
        {
            let host = try await Self.local(
                #""text": "{/text}", "maxBody": "1KiB""#, middlewares: [Judge()])
            #expect(try await host.post(#"{"text":"bien"}"#).status == 200)
            let dropped = try await host.post(#"{"text":"mal"}"#)
            #expect(dropped.status == 422)
            #expect(dropped.text == "that is bad\n")
            let limited = try await host.post(#"{"text":"deprisa"}"#)
            #expect(limited.status == 429)
            #expect(limited.head.contains("retry-after: 10"))
            let told = try await host.post(#"{"text":"espera"}"#)
            #expect(told.status == 429)
            #expect(told.head.contains("retry-after: 7"))
            let large = #"{"text":"\#(String(repeating: "a", count: 1_024))"}"#
            #expect(try await host.post(large).status == 413)
            #expect(try await host.post("{}", path: "y").status == 404)
            let port = await host.hookPort()
            #expect(try await WebhookHost.post("", method: "GET", port: port).status == 405)
            try await host.stop()
        }

        // MARK: - Ids

        @Test(arguments: [
            "webhook-id", "X-GitHub-Delivery", "X-Gitlab-Event-UUID", "Idempotency-Key",
        ])
        func `an id that was seen is answered as the first time, within a day`(field: String)
            async throws
        {
            let store = MemoryStore()
            let host = try await Self.local(store: store, middlewares: [Judge()])
            let first = try await host.post(#"{"text":"uno"}"#, ["\(field): a1"])
            let again = try await host.post(#"{"text":"otro"}"#, ["\(field): a1"])
            #expect(again.status == 200)
            #expect(again.text == first.text)
            #expect(try await host.post(#"{"text":"mal"}"#, ["\(field): b"]).status == 422)
            #expect(try await host.post(#"{"text":"bien"}"#, ["\(field): b"]).status == 422)
            // A limit is judged anew: its sender is to try again.
            #expect(try await host.post(#"{"text":"deprisa"}"#, ["\(field): c"]).status == 429)
            #expect(try await host.post(#"{"text":"tres"}"#, ["\(field): c"]).status == 200)
            try await host.stop()
            // Also after a restart.
            let clock = ManualClock()
            let other = try await WebhookHost(
                #"{"hook": {"path": "x", "listen": "127.0.0.1:0", "proof": "none", "text": "{/text}"}}"#,
                store: MemoryStore(store.disk), clock: clock)
            let late = try await other.post(#"{"text":"otro"}"#, ["\(field): a1"])
            #expect(late.status == 200)
            #expect(late.text == first.text)
            // Not after a day.
            other.test.advance(by: .seconds(86_401))
            #expect(
                try await other.post(#"{"text":"de nuevo"}"#, ["\(field): a1"]).text != first.text)
            try await other.stop()
            #expect(
                store.disk.messages.map(\.text) == ["uno", "tres"])
        }

        @Test func `many with one id at the same time are one`() async throws {
            let host = try await Self.local()
            let port = await host.hookPort()
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await WebhookHost.post(
                            #"{"text":"\#(index)"}"#, ["Idempotency-Key: k"], port: port
                        ).text
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            try await host.say("fin")
            #expect(await host.read(2).last?.text == "fin")
            try await host.stop()
        }

        // MARK: - Proofs

        private static func signed(
            _ body: String, id: String = "m1", at time: Int = start, secret: String = secret
        ) -> [String] {
            let key = SecretList.key(in: Secret(secret)) ?? []
            let field = WebhookSignature.headerValue(
                id: id, timestamp: "\(time)", body: Array(body.utf8), key: key)
            return [
                "webhook-id: \(id)", "webhook-timestamp: \(time)", "webhook-signature: \(field)",
            ]
        }

        @Test func `a signature of Standard Webhooks proves, for five minutes`() async throws {
            let second = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
            let host = try await Self.host(
                #""text": "{/text}""#, #", "secret": ["\#(Self.secret)", "\#(second)"]"#)
            let body = #"{"text":"uno"}"#
            #expect(try await host.post(body, Self.signed(body)).status == 200)
            // The second secret proves, too.
            #expect(
                try await host.post(body, Self.signed(body, id: "m2", secret: second)).status
                    == 200)
            let start = Self.start
            for (name, fields, sent) in [
                ("no fields", [], body),
                ("another body", Self.signed(body, id: "m3"), #"{"text":"dos"}"#),
                ("old", Self.signed(body, id: "m4", at: start - 301), body),
                ("of the future", Self.signed(body, id: "m5", at: start + 400), body),
                (
                    "no time",
                    Self.signed(body, id: "m6", at: start).map {
                        $0.replacing("timestamp: \(start)", with: "timestamp: now")
                    }, body
                ),
                ("another id", ["webhook-id: m8"] + Self.signed(body, id: "m7").dropFirst(), body),
                ("two ids", ["webhook-id: m8"] + Self.signed(body, id: "m7"), body),
                ("no signature", Array(Self.signed(body, id: "m9").dropLast()), body),
                (
                    "half a signature",
                    Self.signed(body, id: "m10").map {
                        $0.hasPrefix("webhook-s") ? String($0.dropLast(4)) : $0
                    }, body
                ),
                (
                    "another secret",
                    Self.signed(
                        body, id: "m11",
                        secret: "whsec_\(Data(repeating: 1, count: 24).base64EncodedString())"),
                    body
                ),
            ] {
                let answer = try await host.post(sent, fields)
                #expect(answer.status == 401, "\(name): \(answer.status) \(answer.text)")
            }
            // One of several signatures is enough.
            let several = Self.signed(body, id: "m12").map {
                $0.replacing("signature: ", with: "signature: v1a,eA== v2,eA== v1,eHh4 ")
            }
            #expect(try await host.post(body, several).status == 200)
            // A replay says nothing new.
            #expect(try await host.post(body, Self.signed(body)).status == 200)
            try await host.say("fin")
            #expect(await host.read(4).map(\.text) == ["uno", "uno", "uno", "fin"])
            await host.logged("a request from 127.0.0.1:")
            try await host.stop()
        }

        @Test func `the signature that GitHub documents proves`() async throws {
            // The example of GitHub's documentation of webhooks.
            let host = try await Self.host(
                #""text": "x", "proof": "github""#, #", "secret": "It's a Secret to Everybody""#)
            let right = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
            for (signature, status) in [
                // No JSON, and so proved: 400.
                ("sha256=\(right)", 400), ("sha256=\(right.uppercased())", 400),
                ("sha256=\(right.dropLast())0", 401), ("sha256=\(right.dropLast(2))", 401),
                ("sha256=", 401), (right, 401), ("sha1=\(right)", 401),
                ("sha256=+\(right.dropFirst())", 401),
            ] {
                let answer = try await host.post(
                    "Hello, World!", ["X-Hub-Signature-256: \(signature)"])
                #expect(answer.status == status, "\(signature)")
            }
            #expect(try await host.post("Hello, World!").status == 401)
            try await host.stop()
        }

        @Test func `a token proves, as a bearer's or GitLab's`() async throws {
            let host = try await Self.host(
                #""text": "x", "proof": "token""#, #", "secret": "correct horse battery""#)
            for (field, status) in [
                ("Authorization: Bearer correct horse battery", 200),
                ("authorization: bearer correct horse battery", 200),
                ("X-Gitlab-Token: correct horse battery", 200),
                ("X-Gitlab-Token: correct horse batter", 401), ("X-Gitlab-Token:", 401),
                ("Authorization: Basic correct horse battery", 401),
                ("Authorization: Bearer", 401), ("X: correct horse battery", 401),
            ] {
                #expect(try await host.post("{}", [field]).status == status, "\(field)")
            }
            try await host.stop()
        }

        @Test func `without a proof only programs of this machine speak, and no pages`()
            async throws
        {
            let host = try await Self.local(#""text": "x""#)
            #expect(try await host.post("{}").status == 200)
            for field in [
                "Origin: https://evil.example", "Sec-Fetch-Site: cross-site",
                "X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 x",
            ] {
                #expect(try await host.post("{}", [field]).status == 401, "\(field)")
            }
            let proof = HookProof(.none, nil)
            let remote = HookRequest(body: [], isLocal: false) { _ in nil }
            #expect(proof.objection(to: remote, at: 0) == "only this machine may speak here")
            try await host.stop()
        }

        @Test func `a path that is the proof is shown nowhere`() async throws {
            let path = "Zm9vYmFyYmF6cXV4cXV1eA"
            let host = try await WebhookHost(
                #"""
                {"hook": {"path": "\#(path)", "listen": "127.0.0.1:0", "proof": "path", "text": "x"}}
                """#)
            #expect(try await host.post("{}", path: path).status == 200)
            #expect(try await host.post("{}", path: String(path.dropLast())).status == 404)
            try await host.stop()
            #expect(!host.test.log.sentences.contains { $0.contains(path) })
        }

        // MARK: - Where it is served

        @Test func `a hook waits for the web bridge that serves it, and goes with its own`()
            async throws
        {
            let host = try await WebhookHost(
                #"{"hook": {"path": "x", "web": "site", "text": "{/text}", "proof": "none"}}"#)
            await host.untilReady()
            await host.turn(by: .seconds(10))
            await host.logged("no web bridge is called \"site\"")
            let address = try SocketAddress.resolve(host: "127.0.0.1", port: 0)
            let server = try await HTTPRouteServer.open(
                at: address, named: "site", on: host.test.loop)
            let port = server.addresses[0].port
            #expect(try await WebhookHost.post(#"{"text":"hola"}"#, port: port).status == 200)
            // Two can't have one path.
            let other = try await WebhookHost.init(
                #"{"hook": {"path": "x", "web": "site", "text": "x", "proof": "none"}}"#)
            await other.untilReady()
            try await host.stop()
            #expect(try await WebhookHost.post("{}", port: port).status == 404)
            await server.close()
            try await other.stop()
        }

        @Test func `an address that is taken stops the start`() async throws {
            let taken = try TestHTTPServer { _, _ in }
            let host = try await WebhookHost(
                #"""
                {"hook": {"path": "x", "listen": "127.0.0.1:\#(taken.port)", "text": "x", "proof": "none"}}
                """#)
            await #expect(throws: SocketError.self) { try await host.run.value }
        }

        @Test func `a hundred at once are kept together, each answered with its number`()
            async throws
        {
            let store = MemoryStore()
            let host = try await Self.local(store: store)
            let port = await host.hookPort()
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        try await WebhookHost.post(#"{"text":"\#(index)"}"#, port: port).text
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers == Set(store.disk.messages.map { "#\($0.number)\n" }))
            #expect(answers.count == 60)
            try await host.stop()
        }
    }
}

/// Drops some texts.
private struct Judge: Middleware {
    func handle(_ message: inout Message) -> Verdict {
        switch message.text {
        case "mal": .drop("that is bad")
        case "deprisa": .drop("slow down", code: "rate-limited")
        case "espera":
            .drop("slow down", code: "rate-limited", retryAfter: .milliseconds(6_200))
        default: .pass
        }
    }
}
