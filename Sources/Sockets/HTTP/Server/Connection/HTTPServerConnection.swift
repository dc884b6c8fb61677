import Glibc
import Metrics
import TimeUnits

/// One connection of an HTTP server: its requests, answered one after the other.
///
/// Confined to the loop. The server and the loop keep it until it closes or is given away.
final class HTTPServerConnection: EventHandler, ScheduledInput {
    enum Phase {
        /// Requests are read and answered.
        case open
        /// Nothing more is read; it closes when everything is sent.
        case closing
        /// It is given away when everything is sent.
        case leaving(HTTPPeer, (TakenOverConnection) -> any EventHandler)
        /// It is closed, or somebody else's.
        case over
    }

    /// The server; it removes the connection when that closes, which breaks the cycle.
    let server: HTTPServer
    /// The other side of the connection.
    let peer: HTTPPeer
    /// True if the other side is a proxy that names its clients.
    let isFromProxy: Bool
    /// The limits that it counts for.
    var slot: ConnectionSlot
    var phase = Phase.open
    /// The socket; `nil` once it is closed or given away.
    var socket: Connection?

    // The request that is being read.
    var parser = HTTPRequestParser()
    var head: HTTPRequestHead?
    var body: [UInt8] = []
    /// Bytes of bodies that it holds: of that request, or of the one that is being answered.
    var heldBody = 0
    /// The time at which its header was read, by the loop's clock.
    var bodyStart = MonotonicTime.distantPast
    /// The client of that request.
    var client: HTTPPeer
    /// The answer to that request, if it was decided without its body.
    var earlyAnswer: HTTPResponse?

    /// The request that is being answered.
    var exchange: HTTPExchange?
    /// Bytes after that request that were received with it.
    var held: [UInt8] = []
    var output = HTTPOutput()
    /// Objects that are kept alive until everything is sent.
    var owners: [AnyObject] = []
    /// True while events of the parser are acted on, so that answers wait for the end of that.
    var isParsing = false
    /// True once the client has ended its sending side.
    var hasEnded = false
    var inputState = InputScheduler.State()

    /// The time of the last bytes that came, of the beginning of the present header, of the end of
    /// the last answer, and of the last bytes that the kernel took, by the loop's clock.
    var (lastRead, headStart, idleSince, lastSent):
        (MonotonicTime, MonotonicTime?, MonotonicTime, MonotonicTime)
    lazy var timer = LoopTimer { [unowned self] in self.checkDeadline() }

    /// Bytes of unsent answers past which no further request is read.
    static let maxOutput = 64 << 10

    init(_ arrival: Arrival, of server: HTTPServer, _ slot: ConnectionSlot) throws {
        self.server = server
        self.slot = slot
        peer = HTTPPeer(
            address: arrival.address, isForwarded: false, isEncrypted: arrival.session != nil,
            isSecure: arrival.isSecure)
        client = peer
        isFromProxy = server.options.proxies.contains(arrival.address)
        let now = server.loop.now
        (lastRead, headStart, idleSince, lastSent) = (now, nil, now, now)
        let socket = try Connection(
            arrival.descriptor, session: arrival.session, on: server.loop, handler: self,
            counts: server.options.counts)
        socket.setUpTCP(givingUpAfter: server.options.stalledAfter)
        self.socket = socket
    }

    /// True if the next request may be read.
    var mayParse: Bool {
        guard case .open = phase else { return false }
        return exchange == nil && output.count < Self.maxOutput
    }

    /// True between two requests, when nothing is owed to the client.
    var isIdle: Bool {
        guard case .open = phase else { return false }
        return exchange == nil && output.isEmpty && held.isEmpty && parser.isBetweenRequests
    }

    /// Traps in debug builds on another thread than the loop's.
    func assertOwned() { server.loop.assertOwned() }

    func handle(_ ready: Readiness) {
        assertOwned()
        let isBroken = !ready.isDisjoint(with: [.failed, .hungUp])
        if mayParse {
            // Bytes that were sent before the end still count.
            if isBroken || ready.contains(.readable) { server.input.serve(self) }
        } else if isBroken {
            return close()
        }
        if ready.contains(.writable) { advance() }
    }

    // MARK: - Reading

    /// Goes on with what was received, or else reads once.
    func continueInput() {
        if held.isEmpty { receive() } else if mayParse { parseHeld() }
        if socket != nil { advance() }
    }

    private func receive() {
        guard mayParse, !hasEnded, let socket else { return }
        let buffer = unsafe server.readBuffer
        switch socket.receive(into: buffer) {
        case .bytes(let count):
            lastRead = server.loop.now
            inputState.recordRead(count)
            parse(buffer.part(..<count))
        case .wouldBlock: break
        case .end: hasEnded = true
        case .failed: close()
        }
    }

    private func parseHeld() {
        let bytes = held
        held = []
        unsafe bytes.withUnsafeBytes { parse($0) }
    }

    /// Answers requests until one has to wait, or the slice is over.
    @safe private func parse(_ bytes: UnsafeRawBufferPointer) {
        isParsing = true
        var input = unsafe bytes
        do throws(HTTPRefusal) {
            while mayParse, let event = try parser.next(&input) {
                unsafe apply(event, isMoreThere: !input.isEmpty)
                // Something may still follow from what was read.
                if unsafe !input.isEmpty, server.input.isSliceOver { break }
            }
        } catch {
            refuse(error)
        }
        isParsing = false
        switch phase {
        case .open, .leaving: held = unsafe input.isEmpty ? [] : Array(input)
        case .closing, .over: held = []
        }
        if parser.isBetweenRequests || parser.isInBody {
            headStart = nil
        } else if headStart == nil {
            headStart = server.loop.now
        }
    }

    /// Sends, and waits for what comes next.
    func advance() {
        flush()
        guard let socket else { return }
        if hasEnded, mayParse, held.isEmpty, output.isEmpty { return close() }
        var interest: Readiness = output.isEmpty && !socket.hasUnsent ? [] : .writable
        if mayParse, held.isEmpty, !hasEnded { interest.insert(.readable) }
        socket.wait(for: interest)
        // The loop reports only what the kernel has.
        if mayParse, !held.isEmpty || !hasEnded && socket.hasHeldInput {
            server.input.enqueue(self)
        }
        setTimer()
    }

    // MARK: - The end

    /// Closes at once.
    func close() {
        guard let socket else { return }
        self.socket = nil
        socket.close()
        end()
    }

    /// Closes, now that everything is sent.
    func closeWhenRead() {
        guard let socket else { return }
        if hasEnded, !socket.hasUnread { return close() }
        self.socket = nil
        server.linger(socket.detach())
        end()
    }

    private func end() {
        phase = .over
        releaseBody()
        held = []
        owners = []
        timer.cancel()
        server.remove(self)
        let exchange = exchange
        self.exchange = nil
        exchange?.cancel()
    }

    /// Gives the connection to its new owner.
    func leave(
        _ client: HTTPPeer, _ begin: (TakenOverConnection) -> any EventHandler
    ) {
        guard let socket else { return }
        self.socket = nil
        phase = .over
        releaseBody()
        timer.cancel()
        let taken = TakenOverConnection(socket, received: held, from: client, of: server, slot)
        held = []
        server.removeTaken(self)
        // Readable from now on; the owner may change that in `begin`.
        socket.wait(for: .readable)
        let owner = begin(taken)
        if socket.isOpen { socket.replaceHandler(with: owner) }
    }
}
