import MessageBus
import Sockets

extension ClientAddress {
    /// Takes the address of a peer, as its socket counts it.
    package init(_ host: HostKey) {
        if host.isIPv4 {
            self.init(ipv4: UInt32(truncatingIfNeeded: host.bits))
        } else {
            self.init(ipv6: host.bits, 0)
        }
    }
}
