import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebhookBridge

extension WebhookTests {
    /// Receivers that fail.
    @Suite(.serialized) struct FailureTests {
        private static func host(
            _ receiver: TestReceiver, _ more: String = "", store: any MessageStore = MemoryStore()
        ) async throws -> WebhookHost {
            let host = try await WebhookHost(
                #"{"url": "\#(receiver.url)/SECRET"\#(more)}"#, store: store)
            await host.untilReady()
            return host
        }

        @Test(arguments: [
            ("408", TestReceiver.Treatment.status(408)), ("425", .status(425)),
            ("429", .status(429)), ("500", .status(500)), ("503", .status(503)),
            ("599", .status(599)), ("redirect", .status(302, ["Location": "/other"])),
            ("closed", .close), ("half a head", .halfHead), ("half a body", .halfBody),
            ("no HTTP", .rubbish),
        ])
        func `what may be better later is tried again with the same id, in order`(
            _ name: String, _ treatment: TestReceiver.Treatment
        ) async throws {
            let receiver = try TestReceiver([treatment, treatment])
            let host = try await Self.host(receiver)
            for text in ["uno", "dos"] { try await host.say(text) }
            _ = try await receiver.requests(1)
            await host.logged("takes nothing: ")
            await host.turn(by: .seconds(1))
            _ = try await receiver.requests(2)
            await host.turn(by: .seconds(2))
            let requests = try await receiver.requests(4)
            #expect(Set(requests[..<3].map { $0.headers["webhook-id"] }).count == 1)
            #expect(requests[3].headers["webhook-id"] != requests[0].headers["webhook-id"])
            // The timestamp is that of the try.
            #expect(
                requests[0].headers["webhook-timestamp"] != requests[2].headers["webhook-timestamp"]
            )
            await host.logged("answers again")
            try await host.stop()
            #expect(receiver.texts == ["uno", "uno", "uno", "dos"])
            #expect(receiver.requests.allSatisfy { $0.path == "/SECRET" })
            #expect(!host.test.log.sentences.contains { $0.contains("SECRET") })
        }

        @Test func `an answer that does not come is not waited for beyond 30 seconds`()
            async throws
        {
            let receiver = try TestReceiver([.silence])
            let host = try await Self.host(receiver)
            try await host.say("uno")
            _ = try await receiver.requests(1)
            host.test.advance(by: .seconds(30))
            await host.logged("no answer within 30.0 seconds")
            await host.turn(by: .seconds(1))
            _ = try await receiver.requests(2)
            try await host.stop()
            #expect(receiver.texts == ["uno", "uno"])
        }

        @Test func `an answer without an end counts by its status`() async throws {
            let receiver = try TestReceiver([.long(10 << 20)])
            let host = try await Self.host(receiver)
            try await host.say("uno")
            try await host.say("dos")
            _ = try await receiver.requests(2)
            try await host.stop()
            #expect(receiver.texts == ["uno", "dos"])
        }

        @Test func `the receiver names the pause, up to an hour`() async throws {
            let receiver = try TestReceiver([
                .status(429, ["Retry-After": "90"]), .status(503, ["Retry-After": "999999"]),
            ])
            let host = try await Self.host(receiver)
            try await host.say("uno")
            await host.logged("asks for a pause of 90s")
            await host.turn(by: .seconds(89))
            await host.test.settle()
            #expect(receiver.requests.count == 1)
            await host.turn(by: .seconds(1))
            _ = try await receiver.requests(2)
            await host.turn(by: .seconds(3_599))
            await host.test.settle()
            #expect(receiver.requests.count == 2)
            await host.turn(by: .seconds(1))
            _ = try await receiver.requests(3)
            try await host.stop()
        }

        @Test func `a date names the pause, too`() async throws {
            // A day of the far future is cut to an hour; curl's clock is the real one.
            let receiver = try TestReceiver([
                .status(429, ["Retry-After": "Fri, 31 Dec 2199 23:59:59 GMT"])
            ])
            let host = try await Self.host(receiver)
            try await host.say("uno")
            await host.logged("asks for a pause of 1h")
            await host.turn(by: .seconds(3_600))
            _ = try await receiver.requests(2)
            try await host.stop()
        }

        @Test(arguments: [400, 401, 403, 404, 413, 422])
        func `what will never be taken is passed over and told`(status: Int) async throws {
            let store = MemoryStore()
            let receiver = try TestReceiver([.status(status, [:], "no, by SECRET")])
            let host = try await Self.host(receiver, store: store)
            let number = try await host.say("uno")
            let told = await host.read(2).last
            #expect(
                told?.text
                    == "http://127.0.0.1 does not accept a message (it answers \(status)); it is passed over."
            )
            try await host.say("dos")
            _ = try await receiver.requests(2)
            await host.logged(
                "has not accepted #\(number), which is passed over: it answers \(status)")
            try await host.stop()
            #expect(receiver.texts == ["uno", "dos"])
            #expect(store.disk.notes == ["\(number) http://127.0.0.1: it answers \(status)"])
            #expect(!host.test.log.sentences.contains { $0.contains("SECRET") })
        }

        @Test func `the room is told of many that are passed over once a minute`() async throws {
            let refusals = [TestReceiver.Treatment](repeating: .status(400), count: 5)
            let receiver = try TestReceiver(refusals)
            let host = try await Self.host(receiver)
            for index in 0..<5 { try await host.say("\(index)") }
            _ = try await receiver.requests(5)
            // The rest is told when its time has come, though nobody says anything more.
            await host.turn(by: .seconds(60))
            let told = await host.read(7).filter { $0.sender.bridge == "hook" }
            #expect(told.map { $0.text.contains("a message") } == [true, false])
            #expect(told[1].text.contains("4 messages"))
            try await host.stop()
        }

        @Test func `410 ends the bridge, and what follows is kept`() async throws {
            let store = MemoryStore()
            let receiver = try TestReceiver([.status(410)])
            let host = try await Self.host(receiver, store: store)
            let number = try await host.say("uno")
            try await host.run.value
            #expect(store.disk.notes == ["\(number) http://127.0.0.1: it answers 410"])
            await host.logged("it wants no more messages, and the bridge ends")
            let again = try await Self.host(receiver, store: MemoryStore(store.disk))
            _ = try await receiver.requests(2)
            try await again.stop()
            #expect(receiver.texts == ["uno", "uno"])
        }

        @Test func `what was tried for too long is given up, with all that is as old`()
            async throws
        {
            let store = MemoryStore()
            let failures = [TestReceiver.Treatment](repeating: .status(500), count: 3)
            let receiver = try TestReceiver(failures)
            let host = try await Self.host(receiver, #", "giveUpAfter": "3s""#, store: store)
            let first = try await host.say("uno")
            let second = try await host.say("dos")
            _ = try await receiver.requests(1)
            await host.turn(by: .seconds(1))
            _ = try await receiver.requests(2)
            await host.turn(by: .seconds(2))
            // The third try was the last one: three seconds are over.
            _ = try await receiver.requests(3)
            await host.logged("given up after 3s: it answers 500")
            #expect(store.disk.notes.count == 2)
            #expect(store.disk.notes[0].hasPrefix("\(first) http://127.0.0.1: given up"))
            #expect(store.disk.notes[1].hasPrefix("\(second) "))
            let told = await host.read(3).last
            #expect(
                told?.text
                    == "http://127.0.0.1 has accepted nothing for a long time; 2 messages were not delivered to it."
            )
            try await host.say("tres")
            await host.turn(by: .seconds(4))
            _ = try await receiver.requests(4)
            try await host.stop()
            #expect(receiver.texts == ["uno", "uno", "uno", "tres"])
        }

        @Test func `the time of an outage goes on after a crash`() async throws {
            let store = MemoryStore()
            let receiver = try TestReceiver([.status(500), .status(500)])
            let clock = ManualClock()
            let options = #"{"url": "\#(receiver.url)", "giveUpAfter": "1h"}"#
            let host = try await WebhookHost(options, store: store, clock: clock)
            await host.untilReady()
            try await host.say("uno")
            _ = try await receiver.requests(1)
            await host.logged("takes nothing")
            await clock.untilSomebodySleeps()
            let disk = store.disk
            host.run.cancel()
            clock.advance(by: .seconds(3_600))
            let again = try await WebhookHost(options, store: MemoryStore(disk), clock: clock)
            await again.logged("given up after 1h")
            try await again.stop()
            #expect(receiver.texts == ["uno", "uno"])
        }

        @Test func `a stop does not wait for a receiver that fails`() async throws {
            let store = MemoryStore()
            let receiver = try TestReceiver([.status(500)])
            let host = try await Self.host(receiver, store: store)
            try await host.say("uno")
            await host.logged("takes nothing")
            try await host.stop()
            let again = try await Self.host(receiver, store: MemoryStore(store.disk))
            _ = try await receiver.requests(2)
            try await again.stop()
            let ids = receiver.requests.map { $0.headers["webhook-id"] }
            #expect(ids[0] == ids[1])
        }

        @Test func `a receiver that is not there is one that fails`() async throws {
            let closed = try LoopbackSocket.freePort()
            let host = try await WebhookHost(
                #"{"url": "http://127.0.0.1:\#(closed)/"}"#, store: MemoryStore())
            await host.untilReady()
            try await host.say("uno")
            await host.logged("http://127.0.0.1 takes nothing: connect: connection refused")
            try await host.stop()
        }

        @Test func `nothing leaves this machine in plain, whatever a name leads to`()
            async throws
        {
            // An address of the machine that is not a loopback one can't be had in every test
            // environment, so the check itself is asked.
            #expect(Receiver(Secret("http://192.0.2.1/"))?.isForeignAddress == true)
            #expect(Receiver(Secret("http://[2001:db8::1]/"))?.isForeignAddress == true)
            #expect(Receiver(Secret("http://[::ffff:192.0.2.1]/"))?.isForeignAddress == true)
            #expect(Receiver(Secret("http://127.9.9.9:80/"))?.isForeignAddress == false)
            #expect(Receiver(Secret("http://[::1]/"))?.isForeignAddress == false)
            #expect(Receiver(Secret("http://example.org/"))?.isForeignAddress == false)
        }

        @Test(arguments: [
            ("https://user:pw@Hooks.Example.org:8443/T/B?x=1", "https://hooks.example.org"),
            ("HTTP://localhost/", "http://localhost"),
            ("https://[2001:DB8::1]:1/", "https://[2001:db8::1]"),
            ("http://127.0.0.1@evil.example/", "http://evil.example"),
            ("ftp://example.org/", nil), ("https://", nil), ("https:///x", nil),
            ("https://example.org:99999/", nil), ("https://example.org:/", nil),
            ("https://example.org\\@evil.example/", nil), ("https://exa mple.org/", nil),
            ("https://example.org/\r\nX: y", nil), ("https://exämple.org/", nil),
            ("example.org", nil),
        ])
        func `of an address only scheme and host are shown`(_ url: String, _ shown: String?) {
            #expect(Receiver(Secret(url)).map { "\($0)" } == shown)
        }
    }
}
