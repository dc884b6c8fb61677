import Chat
import Glibc
import MessageBus
import Sockets

/// The listening side of a chat server: the addresses it accepts clients on, and its bounds on how
/// many connections there may be.
///
/// Confined to the bus's loop.
final class ChatListener {
    /// The listener's calls to the server that owns it.
    struct Admission {
        /// Takes a client's descriptor over, and returns whether it has become a connection.
        ///
        /// `host` is `nil` for a client on a Unix socket.
        let admit: (_ descriptor: Int32, _ host: HostKey?) -> Bool
        /// Closes the descriptor of a refused client once the client has read the refusal.
        let close: (_ descriptor: Int32) -> Void
        /// Returns the reason for which an address is banned, which may be empty; `nil` if it is not.
        let ban: (_ host: HostKey?) -> String?
        /// Closes a connection that has said nothing, and returns whether there was one.
        let makeRoom: () -> Bool
        /// Frees a descriptor at once, and returns whether there was one to free.
        let freeDescriptor: () -> Bool
    }

    private let loop: EventLoop
    private let throttledLog: ThrottledLog
    private let maxConnections: Int
    private let maxPerHost: Int
    private let phrases: Phrases
    private let admission: Admission
    private let log: Log
    private var connects: ConnectLimit
    private var listeners: [Listener] = []
    private var connectionCount = 0
    private var connectionsByHost: [HostKey: Int] = [:]

    /// Makes a listener that does not listen yet.
    init(
        _ options: TCP.Options, on loop: EventLoop, log: Log, _ phrases: Phrases,
        _ admission: Admission
    ) {
        self.loop = loop
        self.log = log
        throttledLog = ThrottledLog(log)
        maxConnections = min(options.maxConnections, Self.availableConnections)
        maxPerHost = options.maxPerAddress
        connects = ConnectLimit(options.connects)
        self.phrases = phrases
        self.admission = admission
    }

    /// Connections for which the system has descriptors.
    ///
    /// An eighth of the limit, and 64 more, are kept for the loop, files, other bridges, and refused
    /// clients that are still reading the reason.
    static var availableConnections: Int {
        let limit = Descriptors.limit
        return max(limit - limit / 8 - 64, limit / 2)
    }

    /// The addresses it listens on.
    var addresses: [String] { listeners.map { "\($0.address)" } }

    /// Listens on all given addresses, at one port.
    ///
    /// - Throws: `SocketError` if one is taken, or if none of them exists on this machine; the
    ///   listener is closed then.
    func open(at wanted: [SocketAddress]) throws {
        loop.assertOwned()
        var missing: SocketError?
        do {
            for address in wanted {
                do {
                    try listen(on: address)
                } catch let error as SocketError where error.meansNoSuchAddress {
                    missing = error
                }
            }
            if let missing, listeners.isEmpty { throw missing }
        } catch {
            close()
            throw error
        }
    }

    private func listen(on address: SocketAddress) throws {
        // For port 0 the system chooses a port once, and all addresses share it.
        let port = address.port == 0 ? listeners.first?.address.port ?? 0 : address.port
        let listener = try Listener(
            address.with(port: port), on: loop,
            onFailure: { [throttledLog] error in
                throttledLog.warning(
                    cause: "accept \(error.code)", "\(error); new connections wait")
            },
            onShortage: admission.freeDescriptor,
            onRefuse: { [unowned self] in self.refuse($0, from: $1, .noDescriptor) },
            onAccept: { [unowned self] in self.accept($0, from: $1) })
        listeners.append(listener)
    }

    private func accept(_ descriptor: Int32, from peer: SocketAddress) {
        let host = peer.host
        if let refusal = refusal(of: host) {
            refuse(descriptor, from: peer, refusal)
            return admission.close(descriptor)
        }
        connectionCount += 1
        if let host { connectionsByHost[host, default: 0] += 1 }
        if !admission.admit(descriptor, host) { removeConnection(from: host) }
    }

    /// Returns the reason to refuse a client, or `nil` to let it in.
    private func refusal(of host: HostKey?) -> ConnectionRefusal? {
        if let reason = admission.ban(host) { return .banned(reason) }
        if let host {
            guard connects.spend(for: host, at: loop.now) else { return .tooFast }
            if connectionsByHost[host, default: 0] >= maxPerHost { return .addressIsFull }
        }
        return connectionCount < maxConnections || admission.makeRoom() ? nil : .full
    }

    private func refuse(_ descriptor: Int32, from peer: SocketAddress, _ refusal: ConnectionRefusal)
    {
        let client = peer.family == AF_UNIX ? "a client of this machine" : "\(peer)"
        log.debug("\(client) is refused: \(refusal.reason)")
        refusal.line(in: phrases).withUnsafeBytes {
            _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// Stops counting a connection that has closed.
    func removeConnection(from host: HostKey?) {
        loop.assertOwned()
        connectionCount -= 1
        guard let host, let count = connectionsByHost[host] else { return }
        connectionsByHost[host] = count > 1 ? count - 1 : nil
    }

    /// Stops listening.
    func close() { for listener in listeners { listener.close() } }
}
