import CLinux
import Glibc

/// A connection whose PROXY header or TLS handshake is not complete.
///
/// Confined to the loop.
final class PendingArrival: EventHandler {
    private enum Stage {
        case header(ProxyHeaderParser)
        /// The client's first record, as far as it has come.
        case hello([UInt8])
        case handshake(TLSSession)
        case ended
    }

    let id: UInt64
    let descriptor: Int32
    private let peer: SocketAddress
    /// True if the peer is on this machine.
    private let isLocal: Bool
    /// The client, once that is known.
    private var client: SocketAddress?
    private let comesByProxy: Bool
    private var header = ProxyHeader()
    private unowned let arrivals: Arrivals
    private var stage: Stage
    private var registration: EventLoop.Registration?
    /// True once anything has come.
    private var hasSent = false
    /// Bytes of the handshake so far.
    private var handshakeBytes = 0
    /// True while a step of the handshake waits for its turn.
    var isQueued = false

    /// Bytes of a record's header: its kind, its version, its length.
    private static let recordHeader = 5
    /// Bytes of a record's content at most (RFC 8446, 5.1).
    private static let maxRecord = 16_384
    /// Bytes of a client's part of the handshake: OpenSSL takes a hello of up to 128 KiB, although
    /// real ones have up to a few thousand bytes.
    private static let maxHandshake = 136 << 10
    /// Bytes searched for a header at once.
    private static let peekSize = 1_024

    init(
        _ id: UInt64, _ descriptor: Int32, from peer: SocketAddress, isLocal: Bool,
        isProxied: Bool, of arrivals: Arrivals
    ) throws {
        self.id = id
        self.descriptor = descriptor
        self.peer = peer
        self.isLocal = isLocal
        comesByProxy = isProxied
        client = isProxied ? nil : peer
        stage = isProxied ? .header(ProxyHeaderParser()) : .hello([])
        self.arrivals = arrivals
        registration = try arrivals.loop.add(descriptor, .readable, self)
    }

    var isOpen: Bool { registration != nil }
    var isInHandshake: Bool { if case .handshake = stage { true } else { false } }

    func handle(_ ready: Readiness) {
        arrivals.loop.assertOwned()
        if isQueued { return }
        switch stage {
        case .header(let parser): readHeader(parser)
        case .hello(let bytes): readHello(bytes)
        case .handshake: arrivals.enqueue(self)
        case .ended: break
        }
    }

    // MARK: - The header

    /// Reads exactly the header: the bytes after it belong to the next protocol.
    private func readHeader(_ parser: ProxyHeaderParser) {
        var parser = parser
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.peekSize, alignment: 1) { buffer in
            let count = SystemCalls.receive(descriptor, into: buffer, Int(MSG_PEEK))
            guard isReceived(count) else { return }
            let piece = buffer.part(..<count)
            let (consumed, result) = parser.feed(UnsafeRawBufferPointer(piece))
            unsafe recv(descriptor, buffer.baseAddress, consumed, 0)
            switch result {
            case .needsMore: stage = .header(parser)
            case .invalid(let reason): end(.badHeader(reason))
            case .header(let header): identify(header)
            }
        }
    }

    private func identify(_ header: ProxyHeader) {
        self.header = header
        let client = header.address ?? peer
        guard arrivals.owner.identify(client, isNamed: header.address != nil) else {
            return end(.refused)
        }
        self.client = client
        stage = .hello([])
        hasSent = false
        if arrivals.context == nil { arrive(nil) }
    }

    /// Returns whether something has come, and ends the connection if it is over.
    private func isReceived(_ count: Int) -> Bool {
        if count > 0 {
            hasSent = true
            return true
        }
        if count == 0 || errno != EAGAIN && errno != EINTR { end(.gone) }
        return false
    }

    // MARK: - The handshake

    private func readHello(_ bytes: [UInt8]) {
        var bytes = bytes
        unsafe withUnsafeTemporaryAllocation(byteCount: 4 << 10, alignment: 1) { buffer in
            let count = SystemCalls.receive(descriptor, into: buffer)
            guard isReceived(count) else { return }
            unsafe bytes.append(contentsOf: buffer[..<count])
        }
        guard isOpen, !bytes.isEmpty else { return }
        guard Self.mayBeHello(bytes) else { return endAsPlaintext(bytes) }
        stage = .hello(bytes)
        if Self.isRecordComplete(bytes) { arrivals.enqueue(self) }
    }

    /// Returns whether bytes are the beginning of a record of a handshake, of any version.
    private static func mayBeHello(_ bytes: [UInt8]) -> Bool {
        bytes[0] == 0x16 && (bytes.count < 2 || bytes[1] == 0x03)
    }

    /// Returns whether a record is complete, or has a length for which the client is sent an alert.
    private static func isRecordComplete(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= recordHeader else { return false }
        let length = Int(bytes[3]) << 8 | Int(bytes[4])
        return length > maxRecord || bytes.count >= recordHeader + length
    }

    private func endAsPlaintext(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { bytes in
            var parser = ProxyHeaderParser()
            if case .header = parser.feed(bytes).result { return end(.strangeHeader) }
            unsafe end(.plaintext(Array(bytes.prefix(ProxyHeaderParser.maxVersion1))))
        }
    }

    /// Does the next step of the handshake.
    func continueHandshake() {
        switch stage {
        case .hello(let bytes):
            guard let session = arrivals.beginHandshake(of: self) else { return end(.gone) }
            stage = .handshake(session)
            unsafe bytes.withUnsafeBytes { advance(session, with: $0) }
        case .handshake(let session):
            unsafe withUnsafeTemporaryAllocation(byteCount: 4 << 10, alignment: 1) { buffer in
                let count = SystemCalls.receive(descriptor, into: buffer)
                guard isReceived(count) else { return }
                advance(session, with: buffer.part(..<count))
            }
        case .header, .ended: break
        }
    }

    @safe private func advance(_ session: TLSSession, with bytes: UnsafeRawBufferPointer) {
        handshakeBytes += bytes.count
        switch session.handshake(bytes) {
        case .done: arrive(session)
        case .needsInput:
            if handshakeBytes > Self.maxHandshake {
                end(.handshake("it has sent more than \(Self.maxHandshake) bytes"))
            }
        case .failed(let reason): end(.handshake(reason))
        }
    }

    // MARK: - Ends

    private func arrive(_ session: TLSSession?) {
        release()
        let isSecure =
            comesByProxy
            ? header.isSecure ?? (isLocal || session != nil)
            : session != nil || isLocal
        arrivals.owner.admit(
            Arrival(
                descriptor, session: session, address: client ?? peer,
                isProxied: header.address != nil, isSecure: isSecure))
    }

    /// Ends the connection because its time is over.
    func endLate() { end(.late(isSilent: !hasSent)) }

    /// Ends the connection; the owner closes the descriptor.
    func end(_ failure: ArrivalFailure) {
        guard isOpen else { return }
        release()
        arrivals.owner.end(descriptor, client: client, peer: peer, failure)
    }

    private func release() {
        if let registration { arrivals.loop.remove(registration) }
        registration = nil
        arrivals.remove(self)
        stage = .ended
    }
}
