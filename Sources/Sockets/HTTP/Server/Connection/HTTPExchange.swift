/// A request that has arrived completely, and its answer, which may come later.
///
/// Confined to the loop. Exactly one of `respond` and `takeOver` is to be called, once; the
/// requests behind it on the same connection wait for that.
package final class HTTPExchange: @unchecked Sendable {  // touched on the loop only
    /// The request's head.
    package let head: HTTPRequestHead
    /// The request's body.
    package let body: [UInt8]
    /// The client.
    package let peer: HTTPPeer
    /// The segments of the path that the route gives a name to, decoded; set by `HTTPRouter`.
    package var parameters: [String] = []
    /// Called once, if the connection breaks or the server closes it before the answer; an answer
    /// has no effect then.
    ///
    /// A client that only ends its sending side may still wait for the answer, so that does not
    /// count.
    package var onCancel: (() -> Void)?
    /// True once it is answered or cancelled.
    package private(set) var isOver = false
    private weak var connection: HTTPServerConnection?

    init(
        _ head: HTTPRequestHead, body: [UInt8], from peer: HTTPPeer,
        on connection: HTTPServerConnection
    ) {
        self.head = head
        self.body = body
        self.peer = peer
        self.connection = connection
    }

    /// Traps in debug builds off the loop.
    func assertOwned() {
        #if DEBUG
            connection?.assertOwned()
        #endif
    }

    /// Answers the request.
    ///
    /// - Parameter owner: kept until the kernel has the whole answer, or the client is gone.
    package func respond(_ response: HTTPResponse, keeping owner: AnyObject? = nil) {
        guard let connection = finish() else { return }
        connection.assertOwned()
        if let owner { connection.owners.append(owner) }
        connection.answer(self, response)
    }

    /// Answers with a header only and gives the connection away: for another protocol, after
    /// `101 Switching Protocols`, or for a body without an end, after `200 OK`.
    ///
    /// - Parameters:
    ///   - response: its `body` is not sent, and no length is announced.
    ///   - begin: called as soon as the kernel has the header, perhaps before this function
    ///     returns; returns the connection's new owner, which receives its events from then on. It
    ///     is not called if the client has gone.
    /// - Returns: false if the client's address has too many connections; the client has been told
    ///   so.
    @discardableResult
    package func takeOver(
        _ response: HTTPResponse, _ begin: @escaping (TakenOverConnection) -> any EventHandler
    ) -> Bool {
        guard let connection = finish() else { return true }
        connection.assertOwned()
        return connection.handOver(self, response, begin)
    }

    private func finish() -> HTTPServerConnection? {
        assert(!isOver || connection == nil, "a request is answered once")
        defer { (isOver, onCancel) = (true, nil) }
        return isOver ? nil : connection
    }

    /// Tells the owner that nobody waits any more.
    func cancel() {
        guard !isOver else { return }
        let onCancel = onCancel
        (isOver, self.onCancel, connection) = (true, nil, nil)
        onCancel?()
    }
}
