import CLinux
import Glibc

/// A socket that accepts connections.
///
/// Confined to the loop.
public final class Listener: EventHandler {
    private let loop: EventLoop
    private let socket: ListeningSockets.Share
    private var registration: EventLoop.Registration?
    private let onAccept: (Int32, SocketAddress) -> Void
    private let onFailure: (SocketError) -> Void
    private let onShortage: () -> Bool
    private let onRefuse: (Int32, SocketAddress) -> Void
    private var reservedDescriptor: Int32
    private lazy var retry = LoopTimer { [weak self] in self?.resume() }
    /// Address it listens on, with the port that the kernel chose for port 0.
    public var address: SocketAddress { socket.address }

    /// The time until it accepts again after a failure.
    private static let retryPause: Duration = .milliseconds(100)
    /// The most connections refused before a pause, when there are no descriptors.
    private static let refusalsAtOnce = 64
    /// The most connections accepted in a turn, so that a storm leaves time for other work.
    private static let acceptsPerTurn = 1_024

    /// Opens a socket and starts to listen, or listens with the one that is open for the address.
    ///
    /// - Parameters:
    ///   - mode: who may connect to a Unix socket, in the bits of chmod(2); `nil` for what the
    ///     process's mask leaves.
    ///   - onFailure: called when connections can't be accepted for a while; the listener goes on
    ///     by itself.
    ///   - onShortage: called when there is no descriptor for the next connection; returns true
    ///     if it has freed one.
    ///   - onRefuse: called with a connection that is refused for lack of descriptors, to tell
    ///     the client; must neither block nor close it.
    ///   - onAccept: takes a connected, non-blocking descriptor over.
    /// - Throws: `SocketError`: `bind 0.0.0.0:2000: address already in use`.
    public init(
        _ wanted: SocketAddress, mode: UInt32? = nil, on loop: EventLoop,
        onFailure: @escaping (SocketError) -> Void,
        onShortage: @escaping () -> Bool = { false },
        onRefuse: @escaping (Int32, SocketAddress) -> Void = { _, _ in },
        onAccept: @escaping (Int32, SocketAddress) -> Void
    ) throws {
        loop.assertOwned()
        self.loop = loop
        self.onAccept = onAccept
        self.onFailure = onFailure
        self.onShortage = onShortage
        self.onRefuse = onRefuse
        socket = try loop.listeningSockets.open(wanted, mode: mode)
        reservedDescriptor = SystemCalls.open("/dev/null", O_RDONLY | O_CLOEXEC)
        do {
            registration = try loop.add(socket.descriptor, .readable, self)
        } catch {
            loop.listeningSockets.close(socket)
            if reservedDescriptor >= 0 { Glibc.close(reservedDescriptor) }
            throw error
        }
    }

    /// Accepts waiting connections.
    public func handle(_ ready: Readiness) {
        loop.assertOwned()
        for _ in 0..<Self.acceptsPerTurn {
            let (accepted, peer) = accept()
            if accepted >= 0 {
                onAccept(accepted, peer)
            } else if !shouldContinue(after: errno) {
                return
            }
        }
    }

    private func shouldContinue(after code: Int32) -> Bool {
        switch code {
        case EAGAIN: return false
        // The peer was gone before we looked (accept(2), "Error handling").
        case ECONNABORTED, EINTR, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH: return true
        case EMFILE, ENFILE:
            if onShortage() { return true }
            onFailure(SocketError("accept", errno: code))
            refuseWaiting()
            pause()
            return false
        default:
            onFailure(SocketError("accept", errno: code))
            pause()
            return false
        }
    }

    /// Refuses waiting connections when no descriptor is free, with the one that is reserved for
    /// that.
    private func refuseWaiting() {
        guard reservedDescriptor >= 0 else { return }
        Glibc.close(reservedDescriptor)
        for _ in 0..<Self.refusalsAtOnce {
            let (refused, peer) = accept()
            guard refused >= 0 else { break }
            onRefuse(refused, peer)
            discardInput(of: refused)
            Glibc.close(refused)
        }
        reservedDescriptor = SystemCalls.open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    /// Discards received bytes: closing with unread input would discard the reply too (RFC 1122,
    /// 4.2.2.13).
    private func discardInput(of descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_WR))
        unsafe withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { buffer in
            _ = SystemCalls.receive(descriptor, into: buffer, Int(MSG_DONTWAIT))
        }
    }

    private func accept() -> (descriptor: Int32, peer: SocketAddress) {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let (peer, accepted) = SocketAddress.read {
            unsafe accept4(socket.descriptor, $0, $1, flags)
        }
        return (accepted, peer)
    }

    private func pause() {
        if let registration { loop.modify(registration, []) }
        loop.set(retry, after: Self.retryPause)
    }

    private func resume() {
        if let registration { loop.modify(registration, .readable) }
    }

    /// Stops listening; the kernel refuses connections that were not accepted, unless the socket
    /// stays open for another listener.
    public func close() {
        loop.assertOwned()
        guard let registration else { return }
        self.registration = nil
        retry.cancel()
        loop.remove(registration)
        loop.listeningSockets.close(socket)
        if reservedDescriptor >= 0 { Glibc.close(reservedDescriptor) }
    }
}
