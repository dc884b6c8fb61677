import CLinux
import Glibc

// The addresses of this machine, of which those of loopback are only some.
extension SocketAddress {
    /// Returns whether the other side of a connection is on this machine: by loopback or a Unix
    /// socket, or because its own address is the one that it has reached.
    func isOnThisMachine(reaching descriptor: Int32) -> Bool {
        if isLocal { return true }
        let (own, result) = Self.own(of: descriptor)
        guard result == 0, let bytes = ipBytes else { return false }
        return own.ipBytes == bytes
    }

    /// The addresses of this machine's interfaces, as limits and bans count them.
    ///
    /// Asks the kernel each time: interfaces come and go.
    public static var hostsOfThisMachine: [HostKey] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return [] }
        defer { unsafe freeifaddrs(first) }
        var hosts: [HostKey] = []
        var next = unsafe first
        while let interface = unsafe next?.pointee {
            unsafe next = interface.ifa_next
            guard let address = unsafe interface.ifa_addr else { continue }
            let bytes = UnsafeMutableRawPointer(address)
            switch unsafe Int32(address.pointee.sa_family) {
            case AF_INET:
                var copy = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
                SocketAddress(copying: &copy).host.map { hosts.append($0) }
            case AF_INET6:
                var copy = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
                SocketAddress(copying: &copy).host.map { hosts.append($0) }
            default: break
            }
        }
        return hosts
    }
}
