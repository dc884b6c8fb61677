import MessageBus
import Sockets

extension AddressBlock {
    /// True if it holds an address of this machine: one of loopback, or of any interface.
    ///
    /// Asks the kernel each time.
    package var holdsThisMachine: Bool {
        holdsLoopback
            || SocketAddress.hostsOfThisMachine.contains { contains(ClientAddress($0)) }
    }
}
