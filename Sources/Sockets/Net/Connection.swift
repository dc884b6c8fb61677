import CLinux
import Glibc

/// A connected stream socket, non-blocking.
///
/// Confined to the loop.
public final class Connection {
    /// What a call to the kernel came to.
    public enum Outcome: Equatable {
        /// So many bytes, at least one.
        case bytes(Int)
        /// Nothing at present; the loop will tell.
        case wouldBlock
        /// The other side has sent its last byte.
        case end
        /// It is broken; the number is `errno`'s.
        case failed(Int32)
    }

    /// The kernel's number for it.
    public let descriptor: Int32
    private let loop: EventLoop
    private var registration: EventLoop.Registration?
    private var interest: Readiness

    /// Takes a connected, non-blocking descriptor over and watches it.
    ///
    /// - Throws: `SocketError`; the descriptor is closed then.
    public init(
        _ descriptor: Int32, on loop: EventLoop, handler: any EventHandler,
        interest: Readiness = .readable
    ) throws {
        self.descriptor = descriptor
        self.loop = loop
        self.interest = interest
        do {
            registration = try loop.add(descriptor, interest, handler)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Sends small writes at once, and has the kernel find out about a peer that is gone without a
    /// word: one that has confirmed nothing for so long, whether something is on its way to it
    /// (TCP_USER_TIMEOUT) or not (keep-alive), has failed (tcp(7)).
    ///
    /// Costs nothing and does nothing on a Unix socket.
    ///
    /// - Parameter nanoseconds: is taken for at least a second, which a link that is slow or has
    ///   lost a packet needs, and for at most a day.
    public func setUpTCP(givingUpAfter nanoseconds: Int64) {
        let milliseconds = Int32(min(max(1_000, nanoseconds / 1_000_000), 86_400_000))
        let seconds = milliseconds / 1_000
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        // A Telnet client sends a byte of its signals as urgent data, in the midst of the others.
        set(SOL_SOCKET, SO_OOBINLINE, 1)
        // The first probe after half of the time, and six within the rest of it.
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, max(1, seconds / 2))
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, max(1, seconds / 12))
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 6)
        set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, milliseconds)
    }

    private func set(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, name, &value, 4)
    }

    /// Reads what has come.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            let code = errno
            if code == EAGAIN { return .wouldBlock }
            if code != EINTR { return .failed(code) }
        }
    }

    /// Sends as much as the kernel takes.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        while true {
            let count = Glibc.send(
                descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            let code = errno
            if code == EAGAIN { return .wouldBlock }
            if code != EINTR { return .failed(code) }
        }
    }

    /// Tells the loop what to wait for; costs a system call only where that changes.
    public func wait(for interest: Readiness) {
        guard interest != self.interest, let registration else { return }
        self.interest = interest
        loop.modify(registration, interest)
    }

    /// Whether something has come that is not read yet (FIONREAD, tcp(7)).
    public var hasUnread: Bool {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0
    }

    /// Bytes, the end included, that the other side's system has not confirmed (SIOCOUTQ, tcp(7)).
    public var unsentBytes: Int {
        var count: Int32 = 0
        // SIOCOUTQ is TIOCOUTQ.
        return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    }

    /// The other side's address, as text for a log.
    public var peer: String {
        let (address, result) = SocketAddress.read { getpeername(descriptor, $0, $1) }
        if address.family == AF_UNIX { return "a client of this machine" }
        return result == 0 ? "\(address)" : "a client that is gone"
    }

    /// Tells the other side that nothing more comes, and goes on reading.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether it has not been closed from here.
    public var isOpen: Bool { registration != nil }

    /// StopRequests watching and hands the descriptor out, still open.
    public func detach() -> Int32 {
        if let registration { loop.remove(registration) }
        registration = nil
        return descriptor
    }

    /// Closes it.
    public func close() {
        guard let registration else { return }
        self.registration = nil
        loop.remove(registration)
        Glibc.close(descriptor)
    }
}
