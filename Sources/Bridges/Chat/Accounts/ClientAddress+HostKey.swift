import MessageBus
import Sockets

extension ClientAddress {
    /// Makes the address by which accounts look up bans and failed logins from the key by which
    /// connections are limited.
    ///
    /// Both keep the first 64 bits of an IPv6 address.
    package init(_ host: HostKey) {
        if host.isIPv4 {
            self.init(ipv4: UInt32(truncatingIfNeeded: host.bits))
        } else {
            self.init(ipv6: host.bits, 0)
        }
    }
}
