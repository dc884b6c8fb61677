import MessageBus
import Sockets

/// The server of metrics, health and the status page, on a loop of its own: it answers even while
/// the bus hangs.
///
/// Reads only. Safe from any thread. Its HTTP server checks that it is used on the server's loop.
package final class StatusServer: @unchecked Sendable {  // `http` is touched on the loop only
    private let loop: EventLoop
    private let answers: StatusAnswers
    private var http: HTTPServer?
    private let listening: [SocketAddress]
    /// True if only this machine can ask.
    package let isLocal: Bool

    /// The most connections, in all and from one address: a few programs and a few people.
    private static let maxConnections = 64
    /// Listens, and begins to answer.
    ///
    /// - Parameters:
    ///   - addresses: the addresses to listen on, at one port.
    ///   - sockets: the sockets that are open already, if the address is among theirs.
    ///   - language: the language of the page.
    /// - Throws: `SocketError` if one is taken, or if none of them exists on this machine.
    package init(
        _ monitor: StatusMonitor, on addresses: [SocketAddress],
        from sockets: ListeningSockets = ListeningSockets(), _ language: Language, log: Log
    ) throws {
        isLocal = addresses.allSatisfy(\.isLocal)
        let loop = try EventLoop(sockets)
        self.loop = loop
        let answers = StatusAnswers(monitor, on: loop, language, tellsReasons: isLocal)
        self.answers = answers
        let http = HTTPServer(
            Self.options(for: addresses, isLocal: isLocal, log), on: loop, handler: answers.router)
        try http.open(at: addresses)
        listening = http.addresses
        self.http = http
        try loop.start(named: "status")
    }

    /// The addresses that it listens on.
    package var addresses: [String] { listening.map { "\($0)" } }

    /// Stops listening and answering.
    package func close() {
        loop.perform { [self] in
            http?.closeAll()
            http = nil
            loop.stop()
        }
    }

    private static func options(
        for addresses: [SocketAddress], isLocal: Bool, _ log: Log
    ) -> HTTPServer.Options {
        var options = HTTPServer.Options()
        options.maxConnections = maxConnections
        options.maxPerAddress = maxConnections
        options.stalledAfter = .seconds(10)
        if isLocal, addresses.contains(where: { $0.host != nil }) {
            options.hostRule = HostRule(.none)
        }
        options.answer = { refusal in
            let isOtherHost = refusal.status == .misdirectedRequest
            return .text(
                refusal.status,
                isOtherHost ? "this server answers to localhost and to addresses" : refusal.reason)
        }
        options.debug = { log.debug($0) }
        return options
    }
}
