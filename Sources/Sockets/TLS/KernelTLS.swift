import CLinux
import Glibc
import Locking

/// Encryption by the kernel (Documentation/networking/tls.rst): what is sent is text, and the
/// kernel makes records of it.
enum KernelTLS {
    /// True if the kernel has it; `nil` until that is known.
    private static let known = Locked<Bool?>(nil)

    /// `TCP_ULP` of linux/tcp.h.
    private static let upperProtocol: Int32 = 31

    /// Returns whether the kernel can encrypt what is sent on a connected TCP socket.
    ///
    /// Asked once: a kernel without the module says that it knows no such protocol.
    static func isAvailable(on descriptor: Int32) -> Bool {
        if let known = known.withLock({ $0 }) { return known && isTCP(descriptor) }
        guard isTCP(descriptor) else { return false }
        // The protocol is set again, with the same effect, when the keys are known.
        let result = unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), upperProtocol, "tls", socklen_t(3))
        let isAvailable = result == 0 || errno == EEXIST
        known.withLock { $0 = isAvailable }
        return isAvailable
    }

    private static func isTCP(_ descriptor: Int32) -> Bool {
        let domain = SocketOption.value(SO_DOMAIN, of: descriptor)
        return domain == AF_INET || domain == AF_INET6
    }
}
