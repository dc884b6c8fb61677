import Glibc
import MessageBus
import Metrics
import Sockets

/// The listening side of a chat server: the addresses it accepts clients on, the way to a
/// connection's first line, and its bounds on how many connections there may be.
///
/// Confined to the bus's loop.
package final class ChatListener {
    /// The listener's calls to the server that owns it.
    package struct Admission {
        /// Takes a client over, and returns whether it has become a connection.
        let admit: (Arrival) -> Bool
        /// Closes the descriptor of a refused client once the client has read the refusal.
        let close: (_ descriptor: Int32) -> Void
        /// Returns the reason for which an address is banned, which may be empty; `nil` if it is
        /// not.
        let ban: (_ host: HostKey?) -> String?
        /// Closes a connection that has said nothing, and returns whether there was one.
        let closeSilentConnection: () -> Bool
        /// Frees a descriptor at once, and returns whether there was one to free.
        let freeDescriptor: () -> Bool
        /// Returns the bytes that tell a client in plain why it is refused.
        let refusal: (ConnectionRefusal) -> [UInt8]
        /// Returns the answer to a client that does not speak TLS on an encrypted port, given the
        /// first bytes that it sent; `nil` if it sent none.
        let plaintextAnswer: (_ bytes: [UInt8]?) -> [UInt8]

        /// Makes an admission from a server's functions.
        package init(
            admit: @escaping (Arrival) -> Bool, close: @escaping (Int32) -> Void,
            ban: @escaping (HostKey?) -> String?, closeSilentConnection: @escaping () -> Bool,
            freeDescriptor: @escaping () -> Bool,
            refusal: @escaping (ConnectionRefusal) -> [UInt8],
            plaintextAnswer: @escaping ([UInt8]?) -> [UInt8]
        ) {
            self.admit = admit
            self.close = close
            self.ban = ban
            self.closeSilentConnection = closeSilentConnection
            self.freeDescriptor = freeDescriptor
            self.refusal = refusal
            self.plaintextAnswer = plaintextAnswer
        }
    }

    /// The options of a bridge that have to do with its connections.
    package struct Settings {
        let maxConnections: Int
        let maxPerAddress: Int
        let connects: ConnectLimit.Options
        let mode: FileMode?
        let proxyFrom: [TrustedProxy]

        /// Makes settings from a bridge's options.
        package init(
            maxConnections: Int, maxPerAddress: Int, connects: ConnectLimit.Options,
            mode: FileMode?, proxyFrom: [TrustedProxy]
        ) {
            self.maxConnections = maxConnections
            self.maxPerAddress = maxPerAddress
            self.connects = connects
            self.mode = mode
            self.proxyFrom = proxyFrom
        }
    }

    private let loop: EventLoop
    private let throttledLog: ThrottledLog
    private var maxConnections: Int
    private var maxPerHost: Int
    private let mode: FileMode?
    private let proxies: TrustedProxies
    private let admission: Admission
    private let log: Log
    private let counts: ConnectionCounts
    private var connects: ConnectLimit
    private var listeners: [Listener] = []
    /// The connections that are on their way to their first line.
    package private(set) var arrivals: Arrivals?
    /// The reason for which the last client of a proxy was refused.
    private var identityRefusal: ConnectionRefusal?
    private var connectionCount = 0
    private var connectionsByHost: [HostKey: Int] = [:]

    /// Makes a listener that does not listen yet.
    package init(
        _ settings: Settings, on loop: EventLoop, log: Log, _ counts: ConnectionCounts,
        _ admission: Admission
    ) {
        self.loop = loop
        self.log = log
        throttledLog = ThrottledLog(log)
        maxConnections = min(settings.maxConnections, Descriptors.availableConnections)
        maxPerHost = settings.maxPerAddress
        mode = settings.mode
        proxies = TrustedProxies(settings.proxyFrom)
        connects = ConnectLimit(settings.connects)
        self.counts = counts
        self.admission = admission
    }

    /// Applies the limits of new options to clients that connect from now on.
    package func adjust(to settings: Settings) {
        maxConnections = min(settings.maxConnections, Descriptors.availableConnections)
        maxPerHost = settings.maxPerAddress
        connects = ConnectLimit(settings.connects)
    }

    /// The addresses that the listener listens on.
    package var addresses: [String] { listeners.map { "\($0.address)" } }

    /// True if connections are encrypted by TLS.
    var isEncrypted: Bool { arrivals?.context != nil }

    /// Listens on all given addresses, at one port.
    ///
    /// - Parameter context: the certificate; `nil` for connections in plain.
    /// - Throws: `SocketError` if an address is taken, or if none of them exists on this machine;
    ///   the listener is closed then.
    package func open(at wanted: [SocketAddress], _ context: TLSContext?) throws {
        loop.assertOwned()
        arrivals = try Arrivals(from: proxies, context, on: loop, owner: self)
        do {
            listeners = try Listener.open(at: wanted, listen)
        } catch {
            close()
            throw error
        }
    }

    private func listen(on address: SocketAddress) throws -> Listener {
        try Listener(
            address, mode: mode?.bits, on: loop,
            onFailure: { [throttledLog] error in
                throttledLog.warning(
                    cause: "accept \(error.code)", "\(error); new connections wait")
            },
            onShortage: { [unowned self] in self.freeDescriptor() },
            onRefuse: { [unowned self] in self.refuse($0, from: $1, .noDescriptor) },
            onAccept: { [unowned self] in self.accept($0, from: $1) })
    }

    /// Uses another certificate for connections that are yet to come.
    package func use(_ context: TLSContext) { arrivals?.context = context }

    private func accept(_ descriptor: Int32, from peer: SocketAddress) {
        guard let arrivals else { return admission.close(descriptor) }
        // A proxy's connections are not attributed to a host yet: their clients are still unknown.
        let host = arrivals.isProxy(peer) ? nil : peer.host
        if let refusal = refusal(of: host) ?? refusalIfFull() {
            refuse(descriptor, from: peer, refusal)
            return admission.close(descriptor)
        }
        connectionCount += 1
        countConnection(from: host)
        arrivals.begin(descriptor, from: peer)
    }

    private func countConnection(from host: HostKey?) {
        if let host { connectionsByHost[host, default: 0] += 1 }
    }

    /// Returns the reason to refuse a client because of its address, or `nil` to let it in.
    ///
    /// - Parameter isLimited: whether the limit on the rate of new connections applies.
    private func refusal(of host: HostKey?, isLimited: Bool = true) -> ConnectionRefusal? {
        if let reason = admission.ban(host) { return .banned(reason) }
        guard let host else { return nil }
        if isLimited, !connects.spend(for: host, at: loop.now) { return .tooFast }
        return connectionsByHost[host, default: 0] >= maxPerHost ? .addressIsFull : nil
    }

    private func refusalIfFull() -> ConnectionRefusal? {
        let hasCapacity = connectionCount < maxConnections || makeCapacity()
        return hasCapacity ? nil : .bridgeIsFull
    }

    /// Closes a connection that has said nothing, and returns whether there was one.
    private func makeCapacity() -> Bool {
        arrivals?.closeOldest(isPatient: true) ?? false || admission.closeSilentConnection()
            || arrivals?.closeOldest(isPatient: false) ?? false
    }

    private func freeDescriptor() -> Bool {
        admission.freeDescriptor() || arrivals?.closeOldest(isPatient: false) ?? false
    }

    private func refuse(_ descriptor: Int32, from peer: SocketAddress, _ refusal: ConnectionRefusal)
    {
        counts.refusals.record(refusal.code.rawValue)
        log.debug("\(peer.client) is refused: \(refusal.logText)")
        // Plain text would make no sense to a client that speaks TLS.
        sendPlain(to: descriptor, isEncrypted ? Self.refusalAlert : admission.refusal(refusal))
    }

    /// A fatal alert: internal_error, the nearest to "no room" (RFC 8446, 6).
    private static let refusalAlert: [UInt8] = [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x50]

    /// Sends bytes in plain, as far as the kernel takes them.
    private func sendPlain(to descriptor: Int32, _ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes {
            _ = unsafe send(
                descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// Stops counting a connection that has closed.
    package func removeConnection(from host: HostKey?) {
        loop.assertOwned()
        connectionCount -= 1
        guard let host, let count = connectionsByHost[host] else { return }
        connectionsByHost[host] = count > 1 ? count - 1 : nil
    }

    /// Stops listening, and ends the connections that are on their way.
    package func close() {
        for listener in listeners { listener.close() }
        arrivals?.close()
    }
}

extension ChatListener: ArrivalOwner {
    /// Decides on a client whose address a proxy has reported; returns whether it is let in.
    package func identify(_ client: SocketAddress, isNamed: Bool) -> Bool {
        // The proxy's own connections, its health checks, are not limited by their frequency.
        if let refusal = refusal(of: client.host, isLimited: isNamed) {
            log.debug("\(client.client) is refused: \(refusal.logText)")
            counts.refusals.record(refusal.code.rawValue)
            identityRefusal = refusal
            return false
        }
        countConnection(from: client.host)
        return true
    }

    /// Hands over a connection whose PROXY header and TLS handshake are done.
    package func admit(_ arrival: Arrival) {
        if !admission.admit(arrival) { removeConnection(from: arrival.host) }
    }

    /// Answers and closes a connection that fails before its protocol begins.
    package func end(
        _ descriptor: Int32, client: SocketAddress?, peer: SocketAddress, _ failure: ArrivalFailure
    ) {
        removeConnection(from: client?.host)
        if let code = refusalCode(of: failure) { counts.refusals.record(code.rawValue) }
        if let answer = answer(to: failure) { sendPlain(to: descriptor, answer) }
        log(failure, of: client ?? peer, by: peer)
        if failure == .gone { Glibc.close(descriptor) } else { admission.close(descriptor) }
    }

    /// Returns the code under which a client counts as refused; `nil` if it was not refused, or is
    /// counted already.
    private func refusalCode(of failure: ArrivalFailure) -> AnswerCode? {
        switch failure {
        case .plaintext, .late(isSilent: true): isEncrypted ? .insecure : nil
        case .gaveWay: .full
        case .strangeHeader, .badHeader: .forbidden
        case .late, .refused, .handshake, .gone: nil
        }
    }

    /// Returns the answer that a client is sent in plain before its connection closes.
    private func answer(to failure: ArrivalFailure) -> [UInt8]? {
        switch failure {
        case .plaintext(let bytes): return admission.plaintextAnswer(bytes)
        // Somebody with nc is waiting for a greeting.
        case .late(isSilent: true) where isEncrypted: return admission.plaintextAnswer(nil)
        case .refused:
            return isEncrypted ? Self.refusalAlert : identityRefusal.map(admission.refusal)
        case .gaveWay:
            return isEncrypted ? Self.refusalAlert : admission.refusal(.bridgeIsFull)
        case .late, .badHeader, .strangeHeader, .handshake, .gone: return nil
        }
    }

    private func log(_ failure: ArrivalFailure, of client: SocketAddress, by peer: SocketAddress) {
        switch failure {
        case .badHeader(let reason):
            throttledLog.warning(
                cause: "proxy header",
                "\(peer.client), a proxy according to \"proxyFrom\", is closed: \(reason)")
        case .strangeHeader: logStrangeHeader(from: peer.client)
        case .late: log.debug("\(client.client) is closed: it was not ready within 20 s")
        case .plaintext: log.debug("\(client.client) is closed: it does not speak TLS")
        case .handshake(let reason):
            log.debug("\(client.client) is closed: TLS handshake: \(reason)")
        case .gaveWay:
            log.debug("closed \(client.client), not ready yet, to make room for another connection")
        case .gone, .refused: break
        }
    }

    /// Logs that a PROXY header came from somebody who is not a proxy: an attempt to have another
    /// address, or a proxy that bridge.json does not know.
    package func logStrangeHeader(from peer: String) {
        throttledLog.warning(
            cause: "strange header",
            """
            \(peer) is closed: it sent a PROXY header, and "proxyFrom" does not contain it
            """)
    }
}

extension SocketAddress {
    /// The address for the log.
    fileprivate var client: String {
        family == AF_UNIX ? "a client of this machine" : "\(self)"
    }
}
