/// A request to a route, to be answered once.
///
/// Safe from any thread. One that is released without an answer is answered with 503.
public final class HTTPRouteRequest: Sendable {
    /// The path without the slash in front, decoded.
    public let path: String
    /// The part behind the question mark, percent-encoded as it came; `nil` if there is none.
    public let query: String?
    /// The body.
    public let body: [UInt8]
    /// The client's address, for logs: `192.0.2.7:50000`.
    public let client: String
    /// True if the client is on this machine and came by no proxy.
    public let isLocal: Bool
    /// True if nobody between the client and this machine can read what is sent.
    public let isSecure: Bool
    private let head: HTTPRequestHead
    private let exchange: HTTPExchange
    private let loop: EventLoop

    init(_ exchange: HTTPExchange, path: String, on loop: EventLoop) {
        self.path = path
        self.exchange = exchange
        self.loop = loop
        head = exchange.head
        body = exchange.body
        query = head.query
        let peer = exchange.peer
        client = "\(peer.address)"
        isLocal = !peer.isForwarded && peer.host?.isLoopback ?? true
        isSecure = peer.isSecure
    }

    deinit {
        // An answer that was given before takes precedence: this one comes later in the loop's
        // order.
        Self.answer(exchange, HTTPRouteAnswer(503), on: loop)
    }

    /// Returns the value of a field of the head, with commas between those of several; `nil` if
    /// there is none.
    ///
    /// - Parameter name: whatever its case.
    public func field(_ name: String) -> String? {
        let name = Array(name.lowercased().utf8)
        let values = head.fields.lazy.filter { field in
            self.head.withBytes(field.name) { unsafe $0.elementsEqual(name) }
        }.map { self.head.text($0.value) }
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Answers the request; a second answer has no effect.
    public func answer(_ answer: HTTPRouteAnswer) { Self.answer(exchange, answer, on: loop) }

    private static func answer(
        _ exchange: HTTPExchange, _ answer: HTTPRouteAnswer, on loop: EventLoop
    ) {
        loop.perform {
            if !exchange.isOver { exchange.respond(answer.response) }
        }
    }
}
