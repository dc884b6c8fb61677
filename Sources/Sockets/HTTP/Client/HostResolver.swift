import TimeUnits

/// A resolver of host names, which works on threads so that the loop goes on.
///
/// Confined to the loop. The system's resolver can't be interrupted: a request past its deadline is
/// forgotten here, and the thread's result goes to the requests that wait by then. If a name server
/// fails, its last addresses are used: most servers stay where they are.
final class HostResolver: @unchecked Sendable {  // see above
    typealias Resolver = @Sendable (String, UInt16) throws -> [SocketAddress]
    typealias Found = Result<[SocketAddress], HTTPError>

    private struct Waiter {
        let host: HTTPHost
        let action: (Found) -> Void
        /// Ends the wait if there are earlier addresses.
        var timer: LoopTimer?
    }

    /// Addresses, and the time until which they are not looked up again.
    private struct Entry {
        let addresses: [SocketAddress]
        var until: MonotonicTime
    }

    private let loop: EventLoop
    private let resolve: Resolver
    private var waiters: [ObjectIdentifier: Waiter] = [:]
    private var lookups: Set<HTTPHost> = []
    private var queue: [HTTPHost] = []
    private var cache: [HTTPHost: Entry] = [:]

    /// The most threads at a time: each may hang for as long as the system likes.
    private static let maxThreads = 4
    /// The time that addresses are valid for.
    private static let lifetime: Duration = .seconds(60)
    /// The time to wait for the system's resolver if there are earlier addresses: as long as it
    /// waits itself before it asks a server again.
    private static let timeout: Duration = .seconds(5)
    /// The most hosts remembered; a client talks to one or two.
    private static let maxHosts = 64

    init(_ loop: EventLoop, _ resolve: @escaping Resolver) {
        self.loop = loop
        self.resolve = resolve
    }

    /// Calls a function with the addresses of a host, at once if they are cached.
    func find(_ host: HTTPHost, for id: ObjectIdentifier, _ action: @escaping (Found) -> Void) {
        loop.assertOwned()
        if let entry = cache[host], entry.until > loop.now {
            action(.success(entry.addresses))
            return
        }
        var waiter = Waiter(host: host, action: action)
        if cache[host] != nil {
            let timer = LoopTimer { [weak self] in self?.answerFromCache(for: host) }
            loop.set(timer, after: Self.timeout)
            waiter.timer = timer
        }
        waiters[id] = waiter
        if !lookups.contains(host), !queue.contains(host) { queue.append(host) }
        startNext()
    }

    /// Returns the host that a request waits for.
    func host(for id: ObjectIdentifier) -> HTTPHost? { waiters[id]?.host }

    /// Removes a request that does not wait any more.
    func forget(_ id: ObjectIdentifier) {
        loop.assertOwned()
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        waiter.timer?.cancel()
        if !waiters.values.contains(where: { $0.host == waiter.host }) {
            queue.removeAll { $0 == waiter.host }
        }
    }

    private func startNext() {
        while lookups.count < Self.maxThreads, !queue.isEmpty {
            let host = queue.removeFirst()
            lookups.insert(host)
            let (loop, resolve) = (loop, resolve)
            do throws(SocketError) {
                try DedicatedThread.start(named: "resolver") { [weak self] in
                    let found = Self.find(host, resolve)
                    loop.perform { [weak self] in self?.finishLookup(found, of: host) }
                }
            } catch {
                let failure = HTTPError(.unreachable, mayHaveArrived: false, "\(error)")
                // Not at once: the callback may ask again.
                loop.perform { [weak self] in self?.finishLookup(.failure(failure), of: host) }
            }
        }
    }

    private static func find(_ host: HTTPHost, _ resolve: Resolver) -> Found {
        let reason: String
        do {
            let addresses = try resolve(host.name, host.port)
            if !addresses.isEmpty { return .success(addresses) }
            reason = "it has no address"
        } catch let error as SocketError {
            reason = error.reason.prefix(1).lowercased() + error.reason.dropFirst()
        } catch {
            reason = "\(error)"
        }
        return .failure(
            HTTPError(
                .unreachable, mayHaveArrived: false, "\(host.name) can't be resolved: \(reason)"))
    }

    private func finishLookup(_ found: Found, of host: HTTPHost) {
        lookups.remove(host)
        switch found {
        case .success(let addresses):
            remember(addresses, of: host)
            answer(host, found)
        case .failure where cache[host] != nil: answerFromCache(for: host)
        case .failure: answer(host, found)
        }
        startNext()
    }

    /// Answers with the last known addresses, and looks up no others for a while.
    private func answerFromCache(for host: HTTPHost) {
        guard let entry = cache[host] else { return }
        cache[host]?.until = loop.now + Self.lifetime
        answer(host, .success(entry.addresses))
    }

    private func remember(_ addresses: [SocketAddress], of host: HTTPHost) {
        if cache[host] == nil, cache.count >= Self.maxHosts,
            let oldest = cache.min(by: { $0.value.until < $1.value.until })
        {
            cache[oldest.key] = nil
        }
        cache[host] = Entry(addresses: addresses, until: loop.now + Self.lifetime)
    }

    private func answer(_ host: HTTPHost, _ found: Found) {
        for (id, waiter) in waiters where waiter.host == host {
            // A callback may have removed another waiter.
            guard waiters.removeValue(forKey: id) != nil else { continue }
            waiter.timer?.cancel()
            waiter.action(found)
        }
    }
}
