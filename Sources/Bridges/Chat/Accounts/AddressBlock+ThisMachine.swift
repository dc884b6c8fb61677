import MessageBus
import Sockets

extension AddressBlock {
    /// True if the block contains an address of this machine: a loopback address, or that of any
    /// interface.
    ///
    /// Asks the kernel each time.
    package var holdsThisMachine: Bool {
        holdsLoopback
            || SocketAddress.hostsOfThisMachine.contains { contains(ClientAddress($0)) }
    }
}
