import MessageBus
import Sockets

/// Sends every message of its room to a server, as the body of a request.
struct Forwarder: Bridge {
    let url: String
    let context: Context

    func run(_ port: Port) async throws {
        guard let loop = context.executor as? EventLoop else { return }
        let client = try HTTPClient(on: loop)
        await port.ready()
        for await message in port.messages where message.kind == .message {
            var request = HTTPRequest(url, body: Array(message.text.utf8))
            request.contentType = "text/plain; charset=utf-8"
            let status = try await client.send(request).status
            guard status < 300 else { throw BridgeError("the server answered \(status)") }
        }
    }
}
