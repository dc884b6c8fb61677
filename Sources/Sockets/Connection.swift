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

    /// Sends small writes at once, and finds out about a silent peer: the first probe after so many
    /// seconds, then six, ten seconds apart (tcp(7)).
    public func setUpTCP(keepAliveAfter seconds: Int32) {
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, seconds)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 6)
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

    /// Tells the other side that nothing more comes, and goes on reading.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether it has not been closed from here.
    public var isOpen: Bool { registration != nil }

    /// Stops watching and hands the descriptor out, still open.
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
