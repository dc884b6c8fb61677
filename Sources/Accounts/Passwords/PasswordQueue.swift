import MessageBus

/// The requests that wait for their password to be checked; addresses take turns.
///
/// Owned by `PasswordDesk`, under its lock. One request of each connection may wait or be checked,
/// and one of each address is checked at a time, so that its failures count before the next.
/// Addresses with fewer failures come first, and when the queue is full, others give way to them.
struct PasswordQueue<Request> {
    /// Requests that wait at most: at 30 ms or more for a hash, the last one waits a second or
    /// two.
    static var most: Int { 32 }

    private struct Entry {
        let request: Request
        let address: ClientAddress
        let connection: UInt64
    }

    /// The result of adding a request.
    enum Admission {
        case waits
        /// Too many wait, or one of this connection does.
        case refused
        /// It waits, and another one was removed for it.
        case waitsInsteadOf(Request)
    }

    /// In the order of their turns: an address that was served goes behind the others.
    private var waiting: [Entry] = []
    private var connections: Set<UInt64> = []
    /// Addresses of requests whose password is being checked.
    private var busy: Set<ClientAddress> = []

    /// Adds a request.
    ///
    /// - Parameter failures: returns the recent failures at an address.
    mutating func add(
        _ request: Request, from address: ClientAddress, connection: UInt64,
        failures: (ClientAddress) -> Int
    ) -> Admission {
        guard !connections.contains(connection) else { return .refused }
        let entry = Entry(request: request, address: address, connection: connection)
        guard waiting.count >= Self.most else {
            connections.insert(connection)
            waiting.append(entry)
            return .waits
        }
        guard let index = indexToYield(to: address, failures: failures) else { return .refused }
        let removed = waiting.remove(at: index)
        connections.remove(removed.connection)
        connections.insert(connection)
        waiting.append(entry)
        return .waitsInsteadOf(removed.request)
    }

    /// Returns the place of the request that gives way to one from an address: the last one of the
    /// address with the most failures, or of one that waits with two more than this one does.
    private func indexToYield(
        to address: ClientAddress, failures: (ClientAddress) -> Int
    ) -> Int? {
        var counts: [ClientAddress: Int] = [:]
        for entry in waiting { counts[entry.address, default: 0] += 1 }
        let own = (failures: failures(address), waiting: counts[address] ?? 0)
        let worst = counts.map { (address: $0.key, failures: failures($0.key), waiting: $0.value) }
            .max { ($0.failures, $0.waiting) < ($1.failures, $1.waiting) }
        let largest = counts.max { $0.value < $1.value }
        let yielding: ClientAddress?
        if let worst, worst.failures > own.failures {
            yielding = worst.address
        } else if let largest, largest.value > own.waiting + 1 {
            yielding = largest.key
        } else {
            yielding = nil
        }
        return waiting.lastIndex { $0.address == yielding }
    }

    /// Takes the next request; `nil` if none may be checked now.
    ///
    /// `finish` must follow, and `release` before the connection is answered.
    mutating func next(failures: (ClientAddress) -> Int) -> Request? {
        var best: (index: Int, failures: Int)?
        var seen: Set<ClientAddress> = []
        for (index, entry) in waiting.enumerated()
        where !busy.contains(entry.address) && seen.insert(entry.address).inserted {
            let count = failures(entry.address)
            if best.map({ count < $0.failures }) ?? true { best = (index, count) }
        }
        guard let best else { return nil }
        let entry = waiting.remove(at: best.index)
        busy.insert(entry.address)
        // The address goes behind all others.
        let same = waiting.filter { $0.address == entry.address }
        waiting.removeAll { $0.address == entry.address }
        waiting += same
        return entry.request
    }

    /// Ends a request that was taken: the next one of its address may be checked.
    mutating func finish(from address: ClientAddress) { busy.remove(address) }

    /// Lets a connection, whose request was taken, ask again.
    mutating func release(connection: UInt64) { connections.remove(connection) }

    /// Removes and returns all that wait.
    mutating func removeAll() -> [Request] {
        defer { waiting = [] }
        for entry in waiting { connections.remove(entry.connection) }
        return waiting.map(\.request)
    }
}
