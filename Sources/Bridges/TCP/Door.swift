import Glibc
import MessageBus
import Sockets

/// Where clients of a chat server come in: the addresses it listens on, and how many it lets in.
///
/// Confined to the bus's loop.
final class Door {
    /// Takes a client's descriptor over; `host` is `nil` for one of this machine, by a Unix socket.
    ///
    /// Returns whether it has become a connection.
    typealias Admission = (_ descriptor: Int32, _ host: HostKey?) -> Bool

    private let loop: EventLoop
    private let repeats: ThrottledLog
    private let mostGuests: Int
    private let mostPerHost: Int
    private let admit: Admission
    private let refuse: (Int32) -> Void
    private var listeners: [Listener] = []
    private var guests = 0
    private var guestsOfHost: [HostKey: Int] = [:]

    /// Makes one that is still closed.
    ///
    /// - Parameter refuse: takes the descriptor over of one that is too many.
    init(
        _ options: TCP.Options, on loop: EventLoop, log: Log, admit: @escaping Admission,
        refuse: @escaping (Int32) -> Void
    ) {
        self.loop = loop
        repeats = ThrottledLog(log)
        mostGuests = options.maxConnections
        mostPerHost = options.maxPerAddress
        self.admit = admit
        self.refuse = refuse
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
            onAccept: { [unowned self] in self.letIn($0, from: $1) })
        listeners.append(listener)
    }

    private func letIn(_ descriptor: Int32, from peer: SocketAddress) {
        let host = peer.family == AF_UNIX ? nil : peer.host
        let hostIsFull = host.map { guestsOfHost[$0, default: 0] >= mostPerHost } ?? false
        guard guests < mostGuests, !hostIsFull else { return refuse(descriptor) }
        guests += 1
        if let host { guestsOfHost[host, default: 0] += 1 }
        if !admit(descriptor, host) { hasLeft(from: host) }
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
