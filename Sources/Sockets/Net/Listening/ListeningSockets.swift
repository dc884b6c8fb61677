import CLinux
import Glibc
import Locking

/// The sockets that a process listens on, by their addresses.
///
/// Safe from any thread.
///
/// A socket belongs to its address and not to the listener that accepts from it, so that it can
/// stay open while one listener takes the place of another (`reserve`), and can have been opened by
/// whoever started the process (`adopt`). Without either it is open as long as its listener.
package final class ListeningSockets: Sendable {
    /// A listener's share of a socket.
    struct Share: Sendable {
        /// The listener's own descriptor, non-blocking.
        let descriptor: Int32
        /// The address that it is bound to.
        let address: SocketAddress
        fileprivate let number: Int
    }

    struct State: Sendable {
        var sockets: [Int: ListeningSocket] = [:]
        private var lastNumber = 0
        private var lastRelease = 0

        mutating func add(_ socket: ListeningSocket) -> Int {
            lastNumber += 1
            sockets[lastNumber] = socket
            return lastNumber
        }

        mutating func removeListener(of number: Int) {
            lastRelease += 1
            sockets[number]?.listenerCount -= 1
            sockets[number]?.releaseNumber = lastRelease
            closeIfUnused(number)
        }

        mutating func closeIfUnused(_ number: Int) {
            guard let socket = sockets[number], socket.isUnused else { return }
            sockets[number] = nil
            socket.close()
        }

        /// Returns the sockets that can be used for an address: those that nobody accepts from
        /// first, of these the one that was released last.
        func numbers(for wanted: SocketAddress) -> [Int] {
            sockets.filter { $0.value.serves(wanted) }
                .sorted { left, right in
                    if left.value.isIdle != right.value.isIdle { return left.value.isIdle }
                    let (one, other) = (left.value.releaseNumber, right.value.releaseNumber)
                    return one == other ? left.key < right.key : one > other
                }
                .map(\.key)
        }
    }

    let state = Locked(State())

    /// Makes a pool without sockets.
    package init() {}

    // MARK: - Listeners

    /// Opens a socket for a listener, or shares the one that is open for its address and free.
    ///
    /// Two listeners share one only while a reservation keeps it, when one is to take the other's
    /// place: both accept from it then.
    ///
    /// - Throws: `SocketError`: `bind 0.0.0.0:2000: address already in use`.
    func open(_ wanted: SocketAddress, mode: UInt32?) throws(SocketError) -> Share {
        try state.withLock { state throws(SocketError) in
            let number: Int
            if let present = Self.usable(for: wanted, in: state) {
                try state.sockets[present]?.setMode(mode)
                number = present
            } else {
                number = state.add(try ListeningSocket(wanted, mode: mode))
            }
            guard let socket = state.sockets[number] else {
                preconditionFailure("it was found or added above")
            }
            // A descriptor of its own: epoll takes each once, and closing it leaves the socket
            // open.
            let descriptor = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 3)
            guard descriptor >= 0 else {
                let failure = SocketError("listen \(wanted)")
                state.closeIfUnused(number)
                throw failure
            }
            state.sockets[number]?.listenerCount += 1
            return Share(descriptor: descriptor, address: socket.address, number: number)
        }
    }

    private static func usable(for wanted: SocketAddress, in state: State) -> Int? {
        state.numbers(for: wanted).first { number in
            guard let socket = state.sockets[number] else { return false }
            // Whoever asks for port 0 wants a port of its own.
            return socket.isIdle || (socket.reservationCount > 0 && !wanted.isAnyPort)
        }
    }

    /// Ends a listener's share; the socket is closed if nobody else needs it.
    func close(_ share: Share) {
        Glibc.close(share.descriptor)
        state.withLock { $0.removeListener(of: share.number) }
    }
}

extension SocketAddress {
    /// True for an IP address with port 0.
    var isAnyPort: Bool { family != AF_UNIX && port == 0 }
}
