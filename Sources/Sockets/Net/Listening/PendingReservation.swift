import Glibc

/// A reservation that is being made.
struct PendingReservation {
    private(set) var state: ListeningSockets.State
    /// All sockets that the reservation keeps.
    private(set) var kept: Set<Int> = []
    /// The sockets that belong to a request.
    private var claimed: Set<Int> = []
    private var opened: [Int] = []
    /// The requests with an address that is not open; true if another address of the same request
    /// is.
    private(set) var missing: [(request: ListenRequest, isPartlyOpen: Bool)] = []

    init(_ state: ListeningSockets.State) { self.state = state }

    /// Claims the sockets of a request that are open.
    mutating func findOpen(_ request: ListenRequest) throws(SocketError) {
        var port: UInt16 = 0
        var rest: [SocketAddress] = []
        for address in request.addresses {
            let wanted = address.port == 0 ? address.with(port: port) : address
            let numbers = state.numbers(for: wanted)
            // Of several with port 0 any may be the one that is released next.
            kept.formUnion(numbers)
            if let number = numbers.first(where: { !claimed.contains($0) }) {
                claimed.insert(number)
                port = state.sockets[number]?.address.port ?? port
            } else if wanted.isAnyPort || numbers.isEmpty {
                rest.append(wanted)
            } else {
                throw SocketError("bind \(wanted)", errno: EADDRINUSE)
            }
        }
        if rest.isEmpty { return }
        let isPartlyOpen = rest.count < request.addresses.count
        missing.append((ListenRequest(rest, mode: request.mode), isPartlyOpen))
    }

    /// Opens what is not open of a request.
    mutating func open(_ rest: (request: ListenRequest, isPartlyOpen: Bool)) throws(SocketError) {
        var port: UInt16 = 0
        var absent: SocketError?
        var isAnyOpen = rest.isPartlyOpen
        for address in rest.request.addresses {
            let wanted = address.port == 0 ? address.with(port: port) : address
            do throws(SocketError) {
                port = try open(wanted, mode: rest.request.mode)
                isAnyOpen = true
            } catch {
                guard error.meansNoSuchAddress else { throw error }
                absent = error
            }
        }
        if let absent, !isAnyOpen { throw absent }
    }

    private mutating func open(
        _ wanted: SocketAddress, mode: UInt32?
    ) throws(SocketError) -> UInt16 {
        let overlapping = state.sockets.filter { $0.value.overlaps(wanted) }
        if overlapping.keys.contains(where: claimed.contains) {
            throw SocketError("bind \(wanted)", errno: EADDRINUSE)
        }
        // The kernel lets two sockets of one user have overlapping addresses if both ask for it
        // while the later one begins to listen (SO_REUSEPORT, socket(7)); at no other time, so that
        // another daemon is still refused.
        for socket in overlapping.values { socket.setSharesPort(true) }
        defer { for socket in overlapping.values { socket.setSharesPort(false) } }
        let socket = try ListeningSocket(wanted, mode: mode, sharesPort: !overlapping.isEmpty)
        let number = state.add(socket)
        opened.append(number)
        claimed.insert(number)
        kept.insert(number)
        return socket.address.port
    }

    /// Closes what was opened.
    func undo() { for number in opened { state.sockets[number]?.close() } }
}
