import MessageBus

/// The requests that wait for their password to be checked; addresses take turns.
///
/// Owned by `PasswordChecker`, under its lock. One request of each connection may wait or be
/// checked, and one of each address is checked at a time, so that its failures count before the
/// next. Addresses with fewer failures come first, and when the queue is full, others give way to
/// them. Requests for an account from an address where it was logged in before come before all
/// others and have places of their own, so that strangers, however many, don't keep its owner out.
struct PasswordQueue<Request> {
    /// Requests that wait at most: at 30 ms or more for a hash, the last one waits a second or
    /// two.
    static var maxCount: Int { 32 }
    /// More requests from known addresses that wait at most: the last one waits a quarter of a
    /// second.
    static var maxKnown: Int { 8 }

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

    /// The requests in the order of their turns: an address that was served goes behind the others.
    private var waiting: [Entry] = []
    /// The requests from addresses from which their account was logged in to before, in the same
    /// order.
    private var known: [Entry] = []
    private var connections: Set<UInt64> = []
    /// Addresses of requests whose password is being checked.
    private var busy: Set<ClientAddress> = []

    /// Adds a request.
    ///
    /// - Parameters:
    ///   - isKnown: true if the account was logged in at the address before.
    ///   - failures: returns the recent failures at an address.
    mutating func enqueue(
        _ request: Request, from address: ClientAddress, connection: UInt64, isKnown: Bool = false,
        failures: (ClientAddress) -> Int
    ) -> Admission {
        guard !connections.contains(connection) else { return .refused }
        let entry = Entry(request: request, address: address, connection: connection)
        var (isPlaced, removed): (Bool, Entry?) = (false, nil)
        if isKnown {
            (isPlaced, removed) = Self.place(entry, in: &known, Self.maxKnown, failures)
        }
        if !isPlaced {
            (isPlaced, removed) = Self.place(entry, in: &waiting, Self.maxCount, failures)
        }
        guard isPlaced else { return .refused }
        connections.insert(connection)
        guard let removed else { return .waits }
        connections.remove(removed.connection)
        return .waitsInsteadOf(removed.request)
    }

    /// Adds a request to those that wait, perhaps instead of another one; not if none gives way.
    private static func place(
        _ entry: Entry, in list: inout [Entry], _ most: Int, _ failures: (ClientAddress) -> Int
    ) -> (isPlaced: Bool, removed: Entry?) {
        var removed: Entry?
        if list.count >= most {
            guard let index = indexToYield(to: entry.address, in: list, failures: failures) else {
                return (false, nil)
            }
            removed = list.remove(at: index)
        }
        list.append(entry)
        return (true, removed)
    }

    /// Returns the place of the request that gives way to one from an address: the last request of
    /// the address with the most failures, if those are more than this address has, or else of an
    /// address with at least two requests more than this one.
    private static func indexToYield(
        to address: ClientAddress, in waiting: [Entry], failures: (ClientAddress) -> Int
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
        guard
            let entry = Self.dequeue(from: &known, besides: busy, failures)
                ?? Self.dequeue(from: &waiting, besides: busy, failures)
        else { return nil }
        busy.insert(entry.address)
        return entry.request
    }

    private static func dequeue(
        from list: inout [Entry], besides busy: Set<ClientAddress>,
        _ failures: (ClientAddress) -> Int
    ) -> Entry? {
        var best: (index: Int, failures: Int)?
        var seen: Set<ClientAddress> = []
        for (index, entry) in list.enumerated()
        where !busy.contains(entry.address) && seen.insert(entry.address).inserted {
            let count = failures(entry.address)
            if best.map({ count < $0.failures }) ?? true { best = (index, count) }
        }
        guard let best else { return nil }
        let entry = list.remove(at: best.index)
        // The address goes behind all others.
        let same = list.filter { $0.address == entry.address }
        list.removeAll { $0.address == entry.address }
        list += same
        return entry
    }

    /// Ends a request that was taken: the next one of its address may be checked.
    mutating func finish(from address: ClientAddress) { busy.remove(address) }

    /// Lets a connection, whose request was taken, ask again.
    mutating func release(connection: UInt64) { connections.remove(connection) }

    /// Removes and returns all that wait.
    mutating func removeAll() -> [Request] {
        let all = known + waiting
        (known, waiting) = ([], [])
        for entry in all { connections.remove(entry.connection) }
        return all.map(\.request)
    }
}
