/// An HTTP client: libcurl on an event loop.
///
/// Safe from any thread. Connections are kept for later requests and never shared by two at a time,
/// so that one that hangs delays no other. Redirects are not followed, proxies of the environment
/// are not used, certificates are checked.
public final class HTTPClient: Sendable {
    let loop: EventLoop
    let transfers: CurlTransfers

    /// Makes a client that has no connection yet.
    ///
    /// - Parameter proxy: in curl's form; none by default.
    /// - Throws: `HTTPError` if there is no memory left.
    public convenience init(on loop: EventLoop, proxy: String? = nil) throws {
        try self.init(on: loop, proxy: proxy, resolve: SocketAddress.resolve)
    }

    /// Makes a client with a resolver of its own.
    init(
        on loop: EventLoop, proxy: String? = nil, resolve: @escaping HostResolver.Resolver
    ) throws {
        self.loop = loop
        transfers = try CurlTransfers(loop, proxy: proxy, resolve: resolve)
    }

    deinit {
        let transfers = transfers
        loop.perform { transfers.close() }
    }

    /// Sends a request and returns the answer, whatever its status.
    ///
    /// Cancelling the task closes the connection.
    ///
    /// - Throws: `HTTPError`.
    public func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let (loop, transfers) = (loop, transfers)
        let cancellation = CurlTransfers.CancellationHandle()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.perform { transfers.start(request, cancellation, continuation) }
            }
        } onCancel: {
            loop.perform { transfers.cancel(cancellation) }
        }
    }
}
