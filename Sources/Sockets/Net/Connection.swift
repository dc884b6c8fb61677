import CLinux
import Glibc
import Metrics

/// A connected stream socket, non-blocking, unencrypted or encrypted by TLS.
///
/// Confined to the loop.
public final class Connection {
    /// The result of a system call.
    public enum Outcome: Equatable {
        /// That many bytes, at least one.
        case bytes(Int)
        /// Nothing at present; the loop reports when to try again.
        case wouldBlock
        /// The other side has sent its last byte.
        case end
        /// It failed, with this `errno`.
        case failed(Int32)
    }

    /// The descriptor.
    public let descriptor: Int32
    private let loop: EventLoop
    /// The encryption; `nil` for an unencrypted connection.
    private let session: TLSSession?
    /// Counts of all connections of its server; `nil` if nobody counts.
    private let counts: ConnectionCounts?
    private var registration: EventLoop.Registration?
    private var interest: Readiness

    /// Takes a connected, non-blocking descriptor over and watches it.
    ///
    /// - Parameter session: its encryption, after the handshake.
    /// - Throws: `SocketError`; the descriptor is closed then.
    public convenience init(
        _ descriptor: Int32, session: TLSSession? = nil, on loop: EventLoop,
        handler: any EventHandler, interest: Readiness = .readable
    ) throws {
        try self.init(
            descriptor, session: session, on: loop, handler: handler, interest: interest,
            counts: nil)
    }

    /// Takes a connected, non-blocking descriptor over, watches it, and counts its bytes.
    ///
    /// - Parameters:
    ///   - session: its encryption, after the handshake.
    ///   - handler: the receiver of its events; `nil` if `replaceHandler` gives it one in this
    ///     turn.
    ///   - counts: the counts of its server.
    /// - Throws: `SocketError`; the descriptor is closed then.
    package init(
        _ descriptor: Int32, session: TLSSession? = nil, on loop: EventLoop,
        handler: (any EventHandler)?, interest: Readiness = .readable, counts: ConnectionCounts?
    ) throws {
        self.counts = counts
        self.descriptor = descriptor
        self.session = session
        self.loop = loop
        self.interest = interest
        do {
            registration = try loop.add(descriptor, interest, handler)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Sends small writes at once, and lets the kernel detect a peer that vanished silently: one
    /// that has confirmed nothing for so long, with data under way (TCP_USER_TIMEOUT) or without
    /// (keep-alive), has failed (tcp(7)).
    ///
    /// Has no effect on a Unix socket.
    ///
    /// - Parameter time: clamped to a second, which a slow link or a lost packet needs,
    ///   and a day.
    public func setUpTCP(givingUpAfter time: Duration) {
        let milliseconds = Int32(min(max(1_000, time.wholeMilliseconds), 86_400_000))
        let seconds = milliseconds / 1_000
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        // A Telnet client sends a byte of its signals as urgent data; keep it in line with the
        // others.
        set(SOL_SOCKET, SO_OOBINLINE, 1)
        // Probes begin after half of the time, then come every twelfth; TCP_USER_TIMEOUT decides
        // when to give up (tcp(7)), the count only where that option is ignored.
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, max(1, seconds / 2))
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, max(1, seconds / 12))
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 6)
        set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, milliseconds)
    }

    private func set(_ level: Int32, _ name: Int32, _ value: Int32) {
        SocketOption.set(name, value, level, of: descriptor)
    }

    /// Reads received bytes.
    @safe public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        loop.assertOwned()
        let outcome = session?.receive(into: buffer) ?? receiveAsIs(into: buffer)
        if let counts, case .bytes(let count) = outcome { counts.receivedBytes += UInt64(count) }
        return outcome
    }

    /// Reads received bytes as they are, encrypted or not, for callers that discard them.
    @safe public func receiveAsIs(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        loop.assertOwned()
        while true {
            let count = SystemCalls.receive(descriptor, into: buffer)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            let code = errno
            if code == EAGAIN { return .wouldBlock }
            if code != EINTR { return .failed(code) }
        }
    }

    /// Sends as much as the kernel takes.
    ///
    /// On an encrypted connection some of the bytes may wait here afterwards: see `hasUnsent`.
    @inline(__always)
    @safe public func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        loop.assertOwned()
        let outcome = session?.send(bytes) ?? Self.send(bytes, on: descriptor)
        if let counts, case .bytes(let count) = outcome { counts.sentBytes += UInt64(count) }
        return outcome
    }

    @safe static func send(
        _ bytes: UnsafeRawBufferPointer, on descriptor: Int32, moreFollows: Bool = false
    ) -> Outcome {
        let flags = Int32(MSG_NOSIGNAL) | (moreFollows ? Int32(MSG_MORE) : 0)
        while true {
            let count = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return .bytes(count) }
            let code = errno
            if code == EAGAIN { return .wouldBlock }
            if code != EINTR { return .failed(code) }
        }
    }

    /// True if encrypted bytes, at most a record, wait for the kernel to take them.
    ///
    /// An owner that has sent everything must call `flush()` when the loop reports that the
    /// connection is writable.
    public var hasUnsent: Bool { session?.hasUnsent ?? false }

    /// Sends encrypted bytes that wait; returns `nil` once there are none left.
    public func flush() -> Outcome? {
        loop.assertOwned()
        return session?.flush()
    }

    /// True if bytes that this object has already received are still to be read; the loop does not
    /// report those.
    public var hasHeldInput: Bool { session?.hasHeldInput ?? false }

    /// True if the other side has been sent an alert, which it should be able to read.
    public var hasSentAlert: Bool { session?.isBroken ?? false }

    /// True if it is encrypted by TLS.
    public var isEncrypted: Bool { session != nil }

    /// Bytes that encryption has added to those that were sent.
    public var overheadBytes: UInt64 { session?.overheadBytes ?? 0 }

    /// Sets the events that the loop waits for; costs a system call only if they change.
    public func wait(for interest: Readiness) {
        loop.assertOwned()
        guard interest != self.interest, let registration else { return }
        self.interest = interest
        loop.modify(registration, interest)
    }

    /// Returns whether the loop waits for an event.
    public func isWaiting(for event: Readiness) -> Bool { interest.contains(event) }

    /// Gives its events to another handler from now on.
    public func replaceHandler(with handler: any EventHandler) {
        if let registration { loop.replaceHandler(of: registration, with: handler) }
    }

    /// True if there are received bytes that are not read yet (FIONREAD, tcp(7)).
    public var hasUnread: Bool {
        var count: Int32 = 0
        return unsafe ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0 || hasHeldInput
    }

    /// Sent bytes, the end included, that the peer has not confirmed (SIOCOUTQ, tcp(7)).
    public var unconfirmedBytes: Int {
        let waiting = session?.unsentCount ?? 0
        var count: Int32 = 0
        // SIOCOUTQ is TIOCOUTQ.
        return unsafe ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0
            ? Int(count) + waiting : waiting
    }

    /// Address of the peer, as text for a log.
    public var peer: String {
        let (address, result) = SocketAddress.read { unsafe getpeername(descriptor, $0, $1) }
        if address.family == AF_UNIX { return "a client of this machine" }
        return result == 0 ? "\(address)" : "a client that is gone"
    }

    /// Tells the peer that nothing more comes; reading goes on.
    public func finishSending() {
        loop.assertOwned()
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// True until `close()` or `detach()`.
    public var isOpen: Bool { registration != nil }

    /// Stops watching and returns the descriptor, still open; no encrypted bytes are sent or read
    /// after this.
    public func detach() -> Int32 {
        loop.assertOwned()
        session?.finish()
        if let registration { loop.remove(registration) }
        registration = nil
        return descriptor
    }

    /// Closes the connection.
    public func close() {
        loop.assertOwned()
        guard let registration else { return }
        self.registration = nil
        session?.finish()
        loop.remove(registration)
        Glibc.close(descriptor)
    }
}
