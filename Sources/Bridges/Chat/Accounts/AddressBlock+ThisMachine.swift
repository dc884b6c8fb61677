import MessageBus
import Sockets

extension AddressBlock {
    /// True if the block contains an address of this machine: a loopback address, or that of any
    /// interface.
    ///
    /// Asks the kernel each time, on any thread. Of an IPv6 address the first 64 bits are compared.
    package var holdsThisMachine: Bool {
        holdsLoopback
            || SocketAddress.hostsOfThisMachine.contains { contains(ClientAddress($0)) }
    }
}
