import Chat
import Glibc
import MessageBus
import Sockets

/// Where clients of a chat server come in: the addresses it listens on, and how many it lets in.
///
/// Confined to the bus's loop.
final class ChatListener {
    /// What becomes of those who knock.
    struct Admission {
        /// Takes a client's descriptor over and returns whether it has become a connection.
        ///
        /// `host` is `nil` for one of this machine, by a Unix socket.
        let admit: (_ descriptor: Int32, _ host: HostKey?) -> Bool
        /// Tells a client why it is not let in.
        let tell: (_ descriptor: Int32, ConnectionRefusal) -> Void
        /// Closes the descriptor of a client that was told, once it has read that.
        let close: (_ descriptor: Int32) -> Void
        /// Has somebody who says nothing give way; returns whether there was anybody.
        let makeRoom: () -> Bool
        /// Frees a descriptor at once; returns whether there was any to be freed.
        let freeDescriptor: () -> Bool
    }

    private let loop: EventLoop
    private let repeats: ThrottledLog
    private let mostGuests: Int
    private let mostPerHost: Int
    private let reception: Admission
    private let log: Log
    private var connects: ConnectLimit
    private var listeners: [Listener] = []
    private var guests = 0
    private var guestsOfHost: [HostKey: Int] = [:]

    /// Makes one that is still closed.
    init(_ options: TCP.Options, on loop: EventLoop, log: Log, _ reception: Admission) {
        self.loop = loop
        self.log = log
        repeats = ThrottledLog(log)
        mostGuests = min(options.maxConnections, Self.mostConnections)
        mostPerHost = options.maxPerAddress
        connects = ConnectLimit(options.connects)
        self.reception = reception
    }

    /// Connections that the system has descriptors for beside what else the daemon has open: the
    /// loop, files, other bridges, and those who only wait until they have read why they can't stay.
    static var mostConnections: Int {
        let limit = Descriptors.limit
        return max(limit - limit / 8 - 64, limit / 2)
    }

    /// Where it listens.
    var addresses: [String] { listeners.map { "\($0.address)" } }

    /// Listens on every address that a name stands for, at one port.
    ///
    /// - Throws: `SocketError` if one is taken, or if none of them exists on this machine; it is
    ///   closed then.
    func open(at wanted: [SocketAddress]) throws {
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
        // The system chooses a port once, and all addresses have it.
        let port = address.port == 0 ? listeners.first?.address.port ?? 0 : address.port
        let listener = try Listener(
            address.with(port: port), on: loop,
            onTrouble: { [repeats] error in
                repeats.warning(cause: "accept \(error.code)", "\(error); new connections wait")
            },
            onShortage: reception.freeDescriptor,
            onRefuse: { [unowned self] in self.refuse($0, from: $1, .noDescriptor) },
            onAccept: { [unowned self] in self.letIn($0, from: $1) })
        listeners.append(listener)
    }

    private func letIn(_ descriptor: Int32, from peer: SocketAddress) {
        let host = peer.host
        if let refusal = refusal(of: host) {
            refuse(descriptor, from: peer, refusal)
            return reception.close(descriptor)
        }
        guests += 1
        if let host { guestsOfHost[host, default: 0] += 1 }
        if !reception.admit(descriptor, host) { hasLeft(from: host) }
    }

    /// Why somebody can't come in; `nil` for who can.
    private func refusal(of host: HostKey?) -> ConnectionRefusal? {
        if let host {
            guard connects.takes(host, at: loop.now) else { return .tooFast }
            if guestsOfHost[host, default: 0] >= mostPerHost { return .addressIsFull }
        }
        return guests < mostGuests || reception.makeRoom() ? nil : .full
    }

    private func refuse(_ descriptor: Int32, from peer: SocketAddress, _ refusal: ConnectionRefusal)
    {
        let client = peer.family == AF_UNIX ? "a client of this machine" : "\(peer)"
        log.debug("\(client) is refused: \(refusal.reason)")
        reception.tell(descriptor, refusal)
    }

    /// Notes that one who was let in is gone.
    func hasLeft(from host: HostKey?) {
        guests -= 1
        guard let host, let count = guestsOfHost[host] else { return }
        guestsOfHost[host] = count > 1 ? count - 1 : nil
    }

    /// Lets nobody in any more.
    func close() { for listener in listeners { listener.close() } }
}
