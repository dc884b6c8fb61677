import CLinux
import Glibc
import TimeUnits

/// A socket that accepts connections.
///
/// Confined to the loop.
public final class Listener: EventHandler {
    private let loop: EventLoop
    private let descriptor: Int32
    private var registration: EventLoop.Registration?
    private let onAccept: (Int32, SocketAddress) -> Void
    private let onFailure: (SocketError) -> Void
    private let onShortage: () -> Bool
    private let onRefuse: (Int32, SocketAddress) -> Void
    private var reservedDescriptor: Int32
    private let file: SocketFile?
    private lazy var retry = LoopTimer { [weak self] in self?.resume() }
    /// Address it listens on, with the port that the kernel chose for port 0.
    public let address: SocketAddress

    /// Nanoseconds until it accepts again after a failure.
    private static let retryPause = Duration.milliseconds(100).inNanoseconds
    /// The most connections refused before a pause, when there are no descriptors.
    private static let refusalsAtOnce = 64
    /// The most connections accepted in a turn, so that a storm leaves time for other work.
    private static let acceptsPerTurn = 1_024

    /// Opens a socket and starts to listen.
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
        let descriptor = try Self.open(wanted, mode: mode)
        self.descriptor = descriptor
        address = SocketAddress.read { getsockname(descriptor, $0, $1) }.0
        file = SocketFile(of: wanted)
        reservedDescriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        do {
            registration = try loop.add(descriptor, .readable, self)
        } catch {
            Glibc.close(descriptor)
            if reservedDescriptor >= 0 { Glibc.close(reservedDescriptor) }
            file?.remove()
            throw error
        }
    }

    private static func open(_ address: SocketAddress, mode: UInt32?) throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        if address.family == AF_UNIX { removeStale(address) } else { reuse(descriptor, address) }
        // The file gets the mode of the descriptor, less the process's mask: never more for a while.
        if let mode, address.family == AF_UNIX { fchmod(descriptor, mode) }
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
            let failure = SocketError("bind \(address)")
            Glibc.close(descriptor)
            throw failure
        }
        let isModeSet = Self.set(mode, of: address)
        guard isModeSet, listen(descriptor, 4_096) == 0 else {
            let failure = SocketError("\(isModeSet ? "listen" : "chmod") \(address)")
            SocketFile(of: address)?.remove()
            Glibc.close(descriptor)
            throw failure
        }
        return descriptor
    }

    private static func set(_ mode: UInt32?, of address: SocketAddress) -> Bool {
        guard let mode, let path = SocketFile.path(of: address) else { return true }
        return chmod(path, mode) == 0
    }

    private static func reuse(_ descriptor: Int32, _ address: SocketAddress) {
        var one: Int32 = 1
        // So that a restart does not wait for connections in TIME_WAIT (socket(7)).
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        if address.family == AF_INET6 {
            var zero: Int32 = 0
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &zero, 4)
        }
    }

    /// Removes a socket file that no process listens on any more.
    private static func removeStale(_ address: SocketAddress) {
        // Only a socket: connecting to a file is refused as well.
        guard let file = SocketFile(of: address) else { return }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let probe = socket(AF_UNIX, type, 0)
        guard probe >= 0 else { return }
        defer { Glibc.close(probe) }
        if address.withPointer({ connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED {
            file.remove()
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

    /// Without a free descriptor, connections can't even be refused; one is reserved for that.
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
        reservedDescriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    /// Discards received bytes: closing with unread input would discard the reply too (RFC 1122,
    /// 4.2.2.13).
    private func discardInput(of descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_WR))
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { buffer in
            _ = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        }
    }

    private func accept() -> (descriptor: Int32, peer: SocketAddress) {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let (peer, accepted) = SocketAddress.read { accept4(descriptor, $0, $1, flags) }
        return (accepted, peer)
    }

    private func pause() {
        if let registration { loop.modify(registration, []) }
        loop.set(retry, after: Self.retryPause)
    }

    private func resume() {
        if let registration { loop.modify(registration, .readable) }
    }

    /// Stops listening; the kernel refuses connections that were not accepted.
    public func close() {
        loop.assertOwned()
        guard let registration else { return }
        self.registration = nil
        retry.cancel()
        loop.remove(registration)
        Glibc.close(descriptor)
        if reservedDescriptor >= 0 { Glibc.close(reservedDescriptor) }
        file?.remove()
    }
}
