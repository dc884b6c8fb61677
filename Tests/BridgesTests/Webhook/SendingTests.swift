import JSON
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebhookBridge

extension WebhookTests {
    /// Requests that a receiver gets.
    @Suite(.serialized) struct SendingTests {
        private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

        @Test func `a message goes out as exec's programs read it, signed, with an id`()
            async throws
        {
            let receiver = try TestReceiver()
            let host = try await WebhookHost(
                """
                {"url": "\(receiver.url)/in?k=1", "secret": "\(Self.secret)",
                 "headers": {"X-Team": "ops", "X-Empty": ""}}
                """)
            await host.untilReady()
            let number = try await host.say("hola \"tú\"\nadiós {text}")
            let request = try await receiver.requests(1)[0]
            #expect(request.method == "POST")
            #expect(request.path == "/in?k=1")
            #expect(
                request.body.text == """
                    {"bridge":"chat","from":"ana","number":\(number),"room":"general",\
                    "text":"hola \\"tú\\"\\nadiós {text}","time":1735689600000,"type":"message"}
                    """)
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["x-team"] == "ops")
            #expect(request.headers["x-empty"] == "")
            let id = try #require(request.headers["webhook-id"])
            #expect(id.hasSuffix("-hook-\(number)-\(number)"))
            #expect(request.headers["webhook-timestamp"] == "1735689600")
            let key = try #require(SecretList.key(in: Secret(Self.secret)))
            #expect(
                request.headers["webhook-signature"]
                    == WebhookSignature.headerValue(
                        id: id, timestamp: "1735689600", body: request.body, key: key))
            try await host.stop()
        }

        @Test func `a signature is that of Standard Webhooks`() throws {
            let key = try #require(SecretList.key(in: Secret(Self.secret)))
            let field = WebhookSignature.headerValue(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330",
                body: Array(#"{"test": 2432232314}"#.utf8), key: key)
            #expect(field == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        }

        @Test func `a template takes values as values, and braces as braces`() async throws {
            let receiver = try TestReceiver()
            let host = try await WebhookHost(
                """
                {"url": "\(receiver.url)", "body": {"content": "{name}: {text}", "n": "{number}",
                 "at": "{time}", "where": ["{room} {bridge}/{instance}", {"{{x}": 1, "y": null}],
                 "brace": "{{text} }"}}
                """)
            await host.untilReady()
            let number = try await host.say(#"", "admin": true, {name} \"#)
            let body = try await receiver.requests(1)[0].body
            #expect(
                body.text == #"""
                    {"at":1735689600000,"brace":"{text} }",\#
                    "content":"ana: \", \"admin\": true, {name} \\","n":\#(number),\#
                    "where":["general chat/test",{"y":null,"{{x}":1}]}
                    """#)
            // A template is for texts: nobody joins there, and a correction is marked as one.
            _ = try await host.other.enter("bob")
            var edit = Draft("mejor", from: "ana")
            edit.kind = .edit
            _ = try await host.other.publish(edit)
            #expect(try await receiver.requests(2)[1].body.text.contains("ana: [✎] mejor"))
            try await host.stop()
        }

        @Test func `joins, renames, leaves and deletions go out without a template`() async throws {
            let receiver = try TestReceiver()
            let host = try await WebhookHost(#"{"url": "\#(receiver.url)"}"#)
            await host.untilReady()
            let first = try await host.say("mal")
            _ = try await receiver.requests(1)
            try await host.other.delete(first)
            _ = try await host.other.enter("bob")
            _ = await host.other.rename("bob", to: "eva")
            await host.other.leave(["eva"])
            let bodies = try await receiver.requests(5).map { JSONReader.read($0.body) ?? .null }
            #expect(
                bodies.map { $0["type"].string } == [
                    "message", "delete", "join", "rename", "leave",
                ])
            #expect(bodies[1]["of"].integer == Int64(first.rawValue))
            #expect(bodies[3]["to"].string == "eva")
            try await host.stop()
        }

        @Test(arguments: [false, true])
        func `what programs say is for people, unless it is wanted`(isWanted: Bool) async throws {
            let receiver = try TestReceiver()
            let host = try await WebhookHost(
                #"{"url": "\#(receiver.url)", "automatic": \#(isWanted)}"#)
            await host.untilReady()
            try await host.say("de una máquina", isAutomatic: true)
            try await host.say("de una persona")
            let texts = isWanted ? ["de una máquina", "de una persona"] : ["de una persona"]
            _ = try await receiver.requests(texts.count)
            try await host.stop()
            #expect(receiver.texts == texts)
        }

        @Test func `several go out at once, as a list`() async throws {
            let receiver = try TestReceiver([.silence])
            let host = try await WebhookHost(
                #"{"url": "\#(receiver.url)", "batch": {"messages": 3, "wait": "2s"}}"#,
                store: MemoryStore())
            await host.untilReady()
            // The first waits for others, but not for ever.
            let first = try await host.say("uno")
            await host.turn(by: .seconds(2))
            let request = try await receiver.requests(1)[0]
            #expect(JSONReader.read(request.body)?.elements.count == 1)
            #expect(request.headers["webhook-id"]?.hasSuffix("-\(first)-\(first)") == true)
            // Meanwhile more is said; what was tried is tried as it was.
            var numbers: [MessageNumber] = []
            for text in ["dos", "tres", "cuatro"] { numbers.append(try await host.say(text)) }
            host.test.advance(by: .seconds(30))
            await host.turn(by: .seconds(1))
            let requests = try await receiver.requests(3)
            #expect(requests[1].headers["webhook-id"] == request.headers["webhook-id"])
            #expect(requests[1].body == request.body)
            #expect(
                requests[2].headers["webhook-id"]?.hasSuffix("-\(numbers[0])-\(numbers[2])")
                    == true)
            try await host.stop()
            #expect(receiver.texts == ["uno", "uno", "dos", "tres", "cuatro"])
        }

        @Test func `a batch that was tried is tried whole after a crash`() async throws {
            let store = MemoryStore()
            let receiver = try TestReceiver([.silence])
            let options = { (count: Int) in
                #"{"url": "\#(receiver.url)", "batch": {"messages": \#(count), "wait": "1h"}}"#
            }
            var host: WebhookHost? = try await WebhookHost(options(2), store: store)
            await host?.untilReady()
            let first = try await host?.say("uno") ?? 0
            let last = try await host?.say("dos") ?? 0
            let before = try await receiver.requests(1)[0]
            // Nothing is written from now on: as if it was killed.
            let disk = store.disk
            host?.run.cancel()
            host = nil
            // It is tried whole, also by who sends one at a time, and with what was said since.
            let again = try await WebhookHost(options(1), store: MemoryStore(disk))
            await again.untilReady()
            try await again.say("tres")
            let requests = try await receiver.requests(3)
            #expect(requests[1].headers["webhook-id"] == before.headers["webhook-id"])
            #expect(requests[1].headers["webhook-id"]?.hasSuffix("-\(first)-\(last)") == true)
            #expect(requests[1].body == before.body)
            #expect(requests[2].body.text.contains("tres"))
            try await again.stop()
        }

        @Test func `what was deleted meanwhile is not sent`() async throws {
            let receiver = try TestReceiver([.status(500), .status(500)])
            let host = try await WebhookHost(
                #"{"url": "\#(receiver.url)", "body": {"text": "{text}"}}"#)
            await host.untilReady()
            let number = try await host.say("secreto")
            _ = try await receiver.requests(1)
            try await host.other.delete(number)
            try await host.say("después")
            await host.turn(by: .seconds(1))
            _ = try await receiver.requests(2)
            await host.turn(by: .seconds(2))
            _ = try await receiver.requests(3)
            try await host.stop()
            #expect(receiver.texts == ["secreto", "después", "después"])
        }
    }
}
