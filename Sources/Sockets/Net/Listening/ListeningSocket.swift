import CLinux
import Glibc

/// A socket that accepts connections, as `ListeningSockets` keeps it.
struct ListeningSocket: Sendable {
    let descriptor: Int32
    /// The address that was asked for: port 0 lets the system choose.
    let wanted: SocketAddress
    /// The address that it is bound to.
    let address: SocketAddress
    /// The file of a Unix socket.
    let file: SocketFile?
    /// True if whoever started the process has opened it: it stays open to the end, and its file is
    /// not ours.
    let isInherited: Bool
    /// True if it takes IPv4 connections too, being bound to [::].
    let isDualStack: Bool
    /// The mode that the file was given; `nil` for what the process's mask has left.
    private(set) var mode: UInt32?
    /// The listeners that accept from it.
    var listenerCount = 0
    /// The reservations that keep it open.
    var reservationCount = 0
    /// The order in which sockets have lost their last listener; 0 before.
    var releaseNumber = 0

    /// Connections that may wait to be accepted: the kernel's own bound since Linux 5.4
    /// (net.core.somaxconn).
    private static let backlog: Int32 = 4_096

    /// Opens a socket and starts to listen.
    ///
    /// - Throws: `SocketError`: `bind 0.0.0.0:2000: address already in use`.
    init(_ wanted: SocketAddress, mode: UInt32?, sharesPort: Bool = false) throws(SocketError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(wanted.family, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        do throws(SocketError) {
            try Self.bind(descriptor, to: wanted, mode: mode, sharesPort: sharesPort)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.wanted = wanted
        self.mode = mode
        address = SocketAddress.own(of: descriptor).0
        file = SocketFile(of: wanted)
        isInherited = false
        isDualStack = Self.isDualStack(descriptor, address)
    }

    /// Takes a descriptor over that the process was started with.
    ///
    /// - Throws: `SocketError` if it is not a stream socket that listens.
    init(inherited descriptor: Int32) throws(SocketError) {
        guard SocketOption.value(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue),
            SocketOption.value(SO_ACCEPTCONN, of: descriptor) == 1
        else {
            throw SocketError(
                "descriptor \(descriptor)", reason: "it is not a stream socket that listens")
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw SocketError("descriptor \(descriptor)")
        }
        self.descriptor = descriptor
        address = SocketAddress.own(of: descriptor).0
        wanted = address
        file = SocketFile(of: address)
        isInherited = true
        isDualStack = Self.isDualStack(descriptor, address)
    }

    private static func bind(
        _ descriptor: Int32, to address: SocketAddress, mode: UInt32?, sharesPort: Bool
    ) throws(SocketError) {
        if address.family == AF_UNIX { removeStale(address) } else { reuse(descriptor, address) }
        if sharesPort { SocketOption.set(SO_REUSEPORT, 1, of: descriptor) }
        // The file gets the mode of the descriptor, less the process's mask: never more, not even
        // for a moment.
        if let mode, address.family == AF_UNIX { fchmod(descriptor, mode) }
        guard address.bind(descriptor) == 0 else {
            throw SocketError("bind \(address)")
        }
        let file = SocketFile(of: address)
        do throws(SocketError) {
            if let mode { try file?.setMode(mode) }
            guard listen(descriptor, backlog) == 0 else { throw SocketError("listen \(address)") }
            // Only now: listen(2) looks for other sockets as bind(2) does.
            if sharesPort { SocketOption.set(SO_REUSEPORT, 0, of: descriptor) }
        } catch {
            file?.remove()
            throw error
        }
    }

    private static func reuse(_ descriptor: Int32, _ address: SocketAddress) {
        // So that a restart does not wait for connections in TIME_WAIT (socket(7)).
        SocketOption.set(SO_REUSEADDR, 1, of: descriptor)
        if address.family == AF_INET6 {
            SocketOption.set(IPV6_V6ONLY, 0, Int32(IPPROTO_IPV6), of: descriptor)
        }
    }

    /// Removes a socket file that no process listens on any more.
    private static func removeStale(_ address: SocketAddress) {
        // Only a socket: connecting to a file is refused as well.
        guard let file = SocketFile(of: address) else { return }
        // Non-blocking: a connection to a busy process would wait for it (unix(7)).
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let probe = socket(AF_UNIX, type, 0)
        guard probe >= 0 else { return }
        defer { Glibc.close(probe) }
        if address.connect(probe) != 0, errno == ECONNREFUSED {
            file.remove()
        }
    }

    private static func isDualStack(_ descriptor: Int32, _ address: SocketAddress) -> Bool {
        guard address.family == AF_INET6, address.isWildcard else { return false }
        return SocketOption.value(IPV6_V6ONLY, Int32(IPPROTO_IPV6), of: descriptor) == 0
    }

    /// True if nobody accepts from it.
    var isIdle: Bool { listenerCount == 0 }

    /// True if it may be closed.
    var isUnused: Bool { listenerCount == 0 && reservationCount == 0 && !isInherited }

    /// Returns true if a listener that wants an address can use this socket.
    func serves(_ wanted: SocketAddress) -> Bool {
        // By its file: the path may be written otherwise, or another socket may stand there by now.
        if let file { return file.isFile(of: wanted) }
        if self.wanted == wanted || address == wanted { return true }
        // Somebody who starts the daemon with [::]:2000 means all addresses, and 0.0.0.0:2000 means
        // those too.
        return isInherited && isDualStack && wanted.family == AF_INET && wanted.isWildcard
            && wanted.port == address.port
    }

    /// Returns true if the kernel would refuse to bind an address because of this socket.
    func overlaps(_ wanted: SocketAddress) -> Bool {
        guard wanted.port != 0, wanted.port == address.port else { return false }
        if wanted.family == address.family {
            return wanted.isWildcard || address.isWildcard || wanted == address
        }
        return isDualStack || (wanted.family == AF_INET6 && wanted.isWildcard)
    }

    /// Lets other sockets of this process be bound to an address that overlaps, or forbids it
    /// again.
    func setSharesPort(_ isShared: Bool) {
        SocketOption.set(SO_REUSEPORT, isShared ? 1 : 0, of: descriptor)
    }

    /// Changes who may connect to our own Unix socket.
    ///
    /// - Throws: `SocketError` with the address.
    mutating func setMode(_ mode: UInt32?) throws(SocketError) {
        guard let file, !isInherited, mode != self.mode else { return }
        try file.setMode(mode ?? 0o777 & ~Self.processMask)
        self.mode = mode
    }

    /// The process's mask, which umask(2) returns only when it sets another: for a moment a strict
    /// one, so that no file that another thread creates then is open to others.
    private static var processMask: UInt32 {
        let mask = umask(0o077)
        umask(mask)
        return mask
    }

    /// Stops listening; the kernel refuses connections that were not accepted.
    func close() {
        // A program that is just being started has a copy of every descriptor until execve(2):
        // closing ours alone would leave the address taken for that long.
        if !isInherited { shutdown(descriptor, Int32(SHUT_RDWR)) }
        Glibc.close(descriptor)
        if !isInherited { file?.remove() }
    }
}
