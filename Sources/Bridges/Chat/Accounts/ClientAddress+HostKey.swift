import MessageBus
import Sockets

extension ClientAddress {
    /// Makes a client's address from its host key, the form in which sockets count addresses.
    package init(_ host: HostKey) {
        if host.isIPv4 {
            self.init(ipv4: UInt32(truncatingIfNeeded: host.bits))
        } else {
            self.init(ipv6: host.bits, 0)
        }
    }
}
