import Locking
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import WebhookBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct WebhookContractTests {
    @Test(arguments: [false, true])
    func `webhook keeps the contract of bridges`(isDurable: Bool) async throws {
        let conformance = BridgeConformance(
            store: { () -> any MessageStore in isDurable ? MemoryStore() : VolatileStore() }
        ) { context in
            let receiver = try TestReceiver()
            let port = try LoopbackSocket.freePort()
            let options = try WebhookOptions.decode(
                #"""
                {"url": "\#(receiver.url)", "batch": {"messages": 100},
                 "hook": {"path": "x", "listen": "127.0.0.1:\#(port)", "proof": "none", "text": "{/text}"}}
                """#)
            return BridgeConformance.Subject(
                Webhook(options, context),
                BridgeConformance.OtherSide { text in
                    let answer = try await WebhookHost.post(#"{"text":"\#(text)"}"#, port: port)
                    if answer.status != 200 { throw BridgeError("\(answer.status)") }
                    withExtendedLifetime(receiver) {}
                })
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }
}
