import MessageBus
import TestSupport
import Testing

/// The example of a bridge that calls a server.
@Suite(.timeLimit(.minutes(10))) struct ForwarderTests {
    @Test func `each message is a request, and a refusal ends the run`() async throws {
        let (requests, queue) = AsyncStream.makeStream(of: TestHTTPServer.Request.self)
        let server = try TestHTTPServer { request, connection in
            queue.yield(request)
            connection.answer("", status: request.body == Array("no".utf8) ? 403 : 200)
        }
        let bus = try TestBus()
        let (ana, port) = (await bus.port("chat"), await bus.port("forwarder"))
        let bridge = Forwarder(url: server.url, context: bus.context())
        let run = Task { try await bus.run(bridge, on: port) }
        try await ana.publish("¡hola!", from: "ana")
        var received = requests.makeAsyncIterator()
        let request = await received.next()
        #expect(request?.method == "POST")
        #expect(request?.body == Array("¡hola!".utf8))
        #expect(request?.headers["content-type"] == "text/plain; charset=utf-8")
        try await ana.publish("no", from: "ana")
        await #expect(throws: BridgeError.self) { try await run.value }
        bus.stop()
    }
}
