import Metrics

extension HTTPServer {
    /// The settings of a server.
    package struct Options {
        /// The most connections; those of proxies are not counted.
        package var maxConnections = 10_000
        /// The most connections from one address.
        package var maxPerAddress = 100
        /// The most bytes of bodies that all connections together hold until their requests are
        /// answered; one alone may have as many as its own limit says.
        package var maxBodies = HTTPServer.usualMaxBodies
        /// The proxies that are believed about their clients.
        package var proxies = TrustedProxies()
        /// The time after which a client that reads nothing of an answer is disconnected.
        package var stalledAfter = Duration.seconds(60)
        /// Counts of the server's connections; `nil` if nobody counts.
        package var counts: ConnectionCounts?
        /// The users who may connect to a Unix socket, in the bits of chmod(2); `nil` for what the
        /// process's mask leaves.
        package var mode: UInt32?
        /// The rule for the host of requests, where there is one.
        package var hostRule: HostRule?
        /// Returns the reason for which an address is banned, which may be empty; `nil` if it is
        /// not.
        package var ban: (HostKey?) -> String? = { _ in nil }
        /// Returns the answer to a request that the server itself refuses.
        package var answer: (HTTPRefusal) -> HTTPResponse = { .text($0.status, $0.reason) }
        /// Logs what is of use only to people who look for it.
        package var debug: (String) -> Void = { _ in }
        /// Logs that requests are refused because of `maxBodies`; may be called often.
        package var onFullBodies: (String) -> Void = { _ in }
        /// Logs that connections can't be accepted for a while; may be called often.
        package var onFailure: (SocketError) -> Void = { _ in }

        /// Makes the defaults.
        package init() {}
    }
}
