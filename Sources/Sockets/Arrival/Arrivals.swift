import Glibc
import TimeUnits

/// The connections that have been accepted and whose protocol has not begun: a proxy's header is
/// read, then a TLS handshake is done, both together within 20 seconds.
///
/// Confined to the loop. Handshakes get a small part of each turn: a flood of them makes only the
/// clients that cause it wait. A client that does not finish costs the memory of what it has sent,
/// until its first record is complete; from then on OpenSSL needs about 60 KiB for it, 200 KiB at
/// most, and there are at most `maxHandshakes` of those.
public final class Arrivals {
    /// The time that a header and a handshake may take together.
    public static let timeout: Duration = .seconds(20)
    /// The time after which a connection that has not arrived gives way to a new one.
    private static let graceTime: Duration = .seconds(5)
    /// The time in each turn for handshakes, enough for two or three of them.
    ///
    /// Everybody else's lines wait for that long.
    private static let timePerTurn: Duration = .microseconds(500)
    /// The most handshakes in progress; with one more, the oldest is ended.
    private static let maxHandshakes = 1_000

    let loop: EventLoop
    unowned let owner: any ArrivalOwner
    let transport: TLSTransport?
    /// The certificate for new connections; `nil` if they are not encrypted.
    public var context: TLSContext?
    private let proxies: TrustedProxies
    private var pending: [UInt64: PendingArrival] = [:]
    private var order = TimedQueue<UInt64>()
    private var handshakes = TimedQueue<UInt64>()
    private var handshakeCount = 0
    private var ready: [PendingArrival] = []
    private var lastID: UInt64 = 0
    private var turnEndID = 0
    private lazy var timer = LoopTimer { [unowned self] in self.closeLate() }

    /// Makes an empty set.
    ///
    /// - Parameters:
    ///   - context: the certificate; `nil` for unencrypted connections.
    ///   - owner: takes over the connections that have arrived or failed; must outlive this object.
    /// - Throws: `TLSError` if there is no memory.
    public init(
        from proxies: TrustedProxies, _ context: TLSContext?, on loop: EventLoop,
        owner: any ArrivalOwner
    ) throws(TLSError) {
        self.loop = loop
        self.owner = owner
        self.proxies = proxies
        self.context = context
        transport = context == nil ? nil : try TLSTransport()
        if context != nil {
            turnEndID = loop.beforeTurnEnd { [unowned self] in self.serveReady() }
        }
    }

    /// Returns true for a peer that is a proxy, whose connections begin with a header.
    public func isProxy(_ peer: SocketAddress) -> Bool { proxies.contains(peer) }

    /// True if no connection is on its way.
    public var isEmpty: Bool { pending.isEmpty }

    /// Takes over a connected, non-blocking descriptor.
    public func begin(_ descriptor: Int32, from peer: SocketAddress) {
        loop.assertOwned()
        let isProxied = isProxy(peer)
        let isLocal = peer.isOnThisMachine(reaching: descriptor)
        if !isProxied, context == nil {
            return owner.admit(
                Arrival(descriptor, address: peer, isSecure: isLocal))
        }
        lastID += 1
        let arrival: PendingArrival
        do {
            arrival = try PendingArrival(
                lastID, descriptor, from: peer, isLocal: isLocal, isProxied: isProxied,
                of: self)
        } catch {
            return owner.end(descriptor, client: isProxied ? nil : peer, peer: peer, .gone)
        }
        pending[lastID] = arrival
        order.append(lastID, at: loop.now)
        if timer.deadline == nil { loop.set(timer, after: Self.timeout) }
    }

    // MARK: - Handshakes

    /// Schedules a step of a handshake.
    func enqueue(_ arrival: PendingArrival) {
        guard !arrival.isQueued else { return }
        arrival.isQueued = true
        ready.append(arrival)
    }

    private func serveReady() {
        guard !ready.isEmpty else { return }
        let start = loop.preciseNow
        var served = 0
        while served < ready.count, served == 0 || loop.preciseNow - start < Self.timePerTurn {
            let arrival = ready[served]
            served += 1
            arrival.isQueued = false
            if arrival.isOpen { arrival.continueHandshake() }
        }
        ready.removeFirst(served)
        if !ready.isEmpty { loop.requestTurn() }
    }

    /// Makes the encryption of a connection; ends the oldest handshake if there are too many.
    func beginHandshake(of arrival: PendingArrival) -> TLSSession? {
        guard let context, let transport else { return nil }
        if handshakeCount >= Self.maxHandshakes {
            let oldest = handshakes.first { self.pending[$0]?.isInHandshake ?? false }
            if let oldest { pending[oldest.id]?.end(.gaveWay) }
        }
        guard let session = try? TLSSession(context, transport, on: arrival.descriptor) else {
            return nil
        }
        handshakeCount += 1
        handshakes.append(arrival.id, at: loop.now)
        return session
    }

    // MARK: - Ends

    /// Forgets a connection that the owner takes over.
    func remove(_ arrival: PendingArrival) {
        pending[arrival.id] = nil
        if arrival.isInHandshake { handshakeCount -= 1 }
    }

    private func closeLate() {
        while let oldest = order.first(where: { self.pending[$0] != nil }) {
            guard loop.now - oldest.time >= Self.timeout else {
                return loop.set(timer, at: oldest.time + Self.timeout)
            }
            pending[oldest.id]?.endLate()
        }
    }

    /// Closes the connection that has been on its way for longest, and returns whether there was
    /// one.
    ///
    /// - Parameter isPatient: whether to close none that has just come.
    public func closeOldest(isPatient: Bool) -> Bool {
        loop.assertOwned()
        guard let oldest = order.first(where: { self.pending[$0] != nil }),
            !isPatient || loop.now - oldest.time >= Self.graceTime
        else { return false }
        pending[oldest.id]?.end(.gaveWay)
        return true
    }

    /// Ends all connections that are on their way, and stops serving.
    public func close() {
        loop.assertOwned()
        timer.cancel()
        if turnEndID != 0 { loop.removeTurnEnd(turnEndID) }
        turnEndID = 0
        for arrival in Array(pending.values) { arrival.end(.gaveWay) }
        ready = []
    }
}
