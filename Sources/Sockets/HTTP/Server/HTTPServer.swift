import Glibc
import Metrics

/// An HTTP/1.1 server on the event loop (RFC 9110, RFC 9112): listens, reads requests, has a
/// handler answer them, and gives connections away to other protocols.
///
/// Confined to the loop. Its owner keeps it until `onClosed`; the connections keep it too.
///
/// It owns its buffer.
@safe package final class HTTPServer {
    private(set) var options: Options
    let loop: EventLoop
    let handler: any HTTPHandler
    let forwarded: ForwardedPeer
    var encoder = HTTPResponseEncoder()
    /// Bytes of one read, of whichever connection.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
    private(set) var listeners: [Listener] = []
    var arrivals: Arrivals?
    var slots: ConnectionSlots
    /// The connections that are the server's own.
    private(set) var connections: [ObjectIdentifier: HTTPServerConnection] = [:]
    /// Connections that were given away and are not closed.
    private var takenCount = 0
    /// Descriptors of connections that are told, once they are encrypted, that there is no room.
    var unwelcome: Set<Int32> = []
    /// The order in which its own connections go on with what they have sent.
    let input: InputScheduler
    /// Bytes of bodies that connections hold.
    package private(set) var heldBodies = 0
    /// The time at which `stop` was called, by the loop's clock; `nil` before.
    private(set) var stoppingSince: MonotonicTime?
    private lazy var lingering = LingeringConnections(on: loop) { [unowned self] in
        self.checkClosed()
    }
    /// Called once, when the server has stopped and all its connections are closed, also those that
    /// it has given away.
    package var onClosed: (() -> Void)?

    /// The usual bound of all bodies together: a thousand of the largest that most requests may
    /// have.
    package static let usualMaxBodies = 64 << 20
    /// Bytes of one read: a usual request has a few hundred.
    private static let readSize = 16 << 10

    /// Makes a server that does not listen yet.
    ///
    /// - Parameter handler: answers requests; kept until the server is released.
    package init(_ options: Options, on loop: EventLoop, handler: any HTTPHandler) {
        self.options = options
        self.loop = loop
        self.handler = handler
        forwarded = ForwardedPeer(proxies: options.proxies)
        slots = ConnectionSlots(
            maxCount: min(options.maxConnections, Descriptors.availableConnections),
            maxPerHost: options.maxPerAddress)
        input = InputScheduler(on: loop)
    }

    deinit {
        input.stop()
        unsafe readBuffer.deallocate()
    }

    /// True once `stop` was called.
    package var isStopping: Bool { stoppingSince != nil }
    /// The addresses it listens on.
    package var addresses: [SocketAddress] { listeners.map(\.address) }
    /// True if its connections are encrypted by TLS.
    package var isEncrypted: Bool { arrivals?.context != nil }

    // MARK: - Listening

    /// Listens on all given addresses, at one port.
    ///
    /// - Parameter context: the certificate, made for `ApplicationProtocol.http1`; `nil` for
    ///   unencrypted connections.
    /// - Throws: `SocketError` if one is taken, or if none of them exists on this machine; nothing
    ///   is listened on then.
    package func open(at wanted: [SocketAddress], _ context: TLSContext? = nil) throws {
        loop.assertOwned()
        arrivals = try Arrivals(from: TrustedProxies(), context, on: loop, owner: self)
        do {
            listeners = try Listener.open(at: wanted, listen)
        } catch {
            closeListeners()
            throw error
        }
    }

    private func listen(on address: SocketAddress) throws -> Listener {
        try Listener(
            address, mode: options.mode, on: loop, onFailure: options.onFailure,
            onShortage: { [unowned self] in self.freeDescriptor() },
            onRefuse: { [unowned self] descriptor, _ in self.sendAtOnce(to: descriptor, self.full)
            },
            onAccept: { [unowned self] in self.accept($0, from: $1) })
    }

    /// Takes over other limits, for connections that are yet to come.
    package func adjust(maxConnections: Int, maxPerAddress: Int, stalledAfter: Duration) {
        loop.assertOwned()
        options.maxConnections = maxConnections
        options.maxPerAddress = maxPerAddress
        options.stalledAfter = stalledAfter
        slots.maxCount = min(maxConnections, Descriptors.availableConnections)
        slots.maxPerHost = maxPerAddress
    }

    /// Uses another certificate for connections that are yet to come.
    package func use(_ context: TLSContext) { arrivals?.context = context }

    private func closeListeners() {
        for listener in listeners { listener.close() }
        arrivals?.close()
    }

    // MARK: - Connections

    /// Serves a connection whose protocol begins.
    ///
    /// - Parameter answer: sent at once, and the connection closed; `nil` to read requests.
    func begin(_ arrival: Arrival, _ slot: ConnectionSlot, answer: HTTPResponse? = nil) {
        guard let connection = try? HTTPServerConnection(arrival, of: self, slot) else {
            return slots.remove(slot)
        }
        connections[ObjectIdentifier(connection)] = connection
        options.counts?.recordOpening()
        if let answer { connection.encode(answer, for: nil, isLast: true) }
        connection.advance()
    }

    /// Records that connections hold more or fewer bytes of bodies.
    func changeHeldBodies(by count: Int) { heldBodies += count }

    /// Forgets a connection that has closed.
    func remove(_ connection: HTTPServerConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        slots.remove(connection.slot)
        options.counts?.recordClosing()
        checkClosed()
    }

    /// Forgets a connection that is given away, whose slot is still taken.
    func removeTaken(_ connection: HTTPServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
        takenCount += 1
    }

    /// Frees the slot of a connection that was given away.
    func endTakenOver(_ slot: ConnectionSlot) {
        loop.assertOwned()
        takenCount -= 1
        options.counts?.recordClosing()
        slots.remove(slot)
        checkClosed()
    }

    /// Closes a descriptor once the other side has read everything.
    func linger(_ descriptor: Int32) {
        lingering.close(whenRead: descriptor)
    }

    /// Closes the connections that linger, else the one that has been idle for longest, or else the
    /// oldest one that has not arrived yet; returns false if there is none.
    func freeDescriptor() -> Bool {
        if !lingering.isEmpty {
            lingering.closeAll()
            return true
        }
        let idle = connections.values.filter { $0.isIdle }.min { $0.idleSince < $1.idleSince }
        idle?.close()
        return idle != nil || arrivals?.closeOldest(isPatient: false) ?? false
    }

    // MARK: - The end

    /// Stops listening, closes idle connections, and the others after the answers that are under
    /// way.
    ///
    /// A request under way has five seconds; a handler had better answer the requests that wait for
    /// it. Connections that were given away are their owners' to close.
    package func stop() {
        loop.assertOwned()
        guard stoppingSince == nil else { return }
        stoppingSince = loop.now
        closeListeners()
        lingering.closeWhenConfirmed()
        for connection in Array(connections.values) { connection.stop() }
        checkClosed()
    }

    /// Stops, and closes all connections that are the server's own at once.
    package func closeAll() {
        stop()
        for connection in Array(connections.values) { connection.close() }
        lingering.closeAll()
        checkClosed()
    }

    private func checkClosed() {
        guard isStopping, connections.isEmpty, takenCount == 0, lingering.isEmpty,
            arrivals?.isEmpty ?? true
        else { return }
        let onClosed = onClosed
        self.onClosed = nil
        onClosed?()
    }
}
