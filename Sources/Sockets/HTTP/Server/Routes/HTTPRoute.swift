/// A path of an HTTP server that is answered by somebody other than the server's owner: a plug-in's
/// place under the address of a web bridge.
public struct HTTPRoute: Sendable {
    /// The path without the slash in front, decoded: `hooks/github`.
    public let path: String
    /// The method that it answers, in capitals; the server refuses others with 405.
    public let method: String
    /// The largest body in bytes; the server refuses larger ones with 413 before they are read.
    public let maxBody: Int
    let handle: @Sendable (HTTPRouteRequest) -> Void

    /// Makes a route.
    ///
    /// - Parameters:
    ///   - maxBody: the largest body; it is memory that anybody can make the daemon take, once for
    ///     each connection.
    ///   - handle: called with each request, on the loop, so it must return at once: whoever needs
    ///     time hands the request on, to a stream with a bound for instance, and answers it later
    ///     from any thread.
    public init(
        _ path: String, method: String = "POST", maxBody: Int = 1 << 20,
        handle: @escaping @Sendable (HTTPRouteRequest) -> Void
    ) {
        self.path = path
        self.method = method
        self.maxBody = maxBody
        self.handle = handle
    }
}
