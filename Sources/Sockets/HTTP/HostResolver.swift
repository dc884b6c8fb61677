/// Finds the addresses of hosts on threads, while the loop goes on.
///
/// The system's resolver can't be interrupted. Who has no time left is forgotten here, and the
/// thread ends when it ends; what it brings then is for those who wait by that time. Where a name
/// server is out of order the last addresses it gave are taken: most servers stay where they are.
final class HostResolver: @unchecked Sendable {  // confined to the loop
    typealias Resolver = @Sendable (String, UInt16) throws -> [SocketAddress]
    typealias Found = Result<[SocketAddress], HTTPError>

    private struct Waiter {
        let host: HTTPHost
        let action: (Found) -> Void
        /// Ends the waiting where there are addresses from before.
        var patience: LoopTimer?
    }

    /// Addresses, and until when nobody looks for newer ones.
    private struct Entry {
        let addresses: [SocketAddress]
        var until: Int64
    }

    private let loop: EventLoop
    private let resolve: Resolver
    private var waiters: [ObjectIdentifier: Waiter] = [:]
    private var running: Set<HTTPHost> = []
    private var queue: [HTTPHost] = []
    private var known: [HTTPHost: Entry] = [:]

    /// Threads at a time: each may hang for as long as the system likes.
    private static let mostThreads = 4
    /// How long addresses are taken for true, in nanoseconds.
    private static let trust: Int64 = 60_000_000_000
    /// How long the system's resolver is waited for where there are addresses from before, in
    /// nanoseconds: as long as it waits itself before it asks a server again.
    private static let patience: Int64 = 5_000_000_000
    /// Hosts whose addresses are remembered; a client has to do with one or two.
    private static let mostHosts = 64

    init(_ loop: EventLoop, _ resolve: @escaping Resolver) {
        self.loop = loop
        self.resolve = resolve
    }

    /// Calls a function with the addresses of a host, at once if they are known.
    func find(_ host: HTTPHost, for who: ObjectIdentifier, _ action: @escaping (Found) -> Void) {
        if let entry = known[host], entry.until > loop.now {
            action(.success(entry.addresses))
            return
        }
        var waiter = Waiter(host: host, action: action)
        if known[host] != nil {
            let timer = LoopTimer { [weak self] in self?.makeDo(with: host) }
            loop.set(timer, after: Self.patience)
            waiter.patience = timer
        }
        waiters[who] = waiter
        if !running.contains(host), !queue.contains(host) { queue.append(host) }
        startNext()
    }

    /// The host somebody waits for.
    func host(for who: ObjectIdentifier) -> HTTPHost? { waiters[who]?.host }

    /// Somebody does not wait any more.
    func forget(_ who: ObjectIdentifier) {
        guard let waiter = waiters.removeValue(forKey: who) else { return }
        waiter.patience?.cancel()
        if !waiters.values.contains(where: { $0.host == waiter.host }) {
            queue.removeAll { $0 == waiter.host }
        }
    }

    private func startNext() {
        while running.count < Self.mostThreads, !queue.isEmpty {
            let host = queue.removeFirst()
            running.insert(host)
            let (loop, resolve) = (loop, resolve)
            do throws(SocketError) {
                try DedicatedThread.start(named: "resolver") { [weak self] in
                    let found = Self.find(host, resolve)
                    loop.perform { [weak self] in self?.take(found, of: host) }
                }
            } catch {
                let failure = HTTPError(.unreachable, mayHaveArrived: false, "\(error)")
                // Not at once: who is answered may ask again.
                loop.perform { [weak self] in self?.take(.failure(failure), of: host) }
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

    private func take(_ found: Found, of host: HTTPHost) {
        running.remove(host)
        switch found {
        case .success(let addresses):
            remember(addresses, of: host)
            answer(host, found)
        case .failure where known[host] != nil: makeDo(with: host)
        case .failure: answer(host, found)
        }
        startNext()
    }

    /// Takes the last addresses there were, and asks for no others for a while.
    private func makeDo(with host: HTTPHost) {
        guard let entry = known[host] else { return }
        known[host]?.until = loop.now + Self.trust
        answer(host, .success(entry.addresses))
    }

    private func remember(_ addresses: [SocketAddress], of host: HTTPHost) {
        if known[host] == nil, known.count >= Self.mostHosts,
            let oldest = known.min(by: { $0.value.until < $1.value.until })
        {
            known[oldest.key] = nil
        }
        known[host] = Entry(addresses: addresses, until: loop.now + Self.trust)
    }

    private func answer(_ host: HTTPHost, _ found: Found) {
        for (who, waiter) in waiters where waiter.host == host {
            // One may have made another go.
            guard waiters.removeValue(forKey: who) != nil else { continue }
            waiter.patience?.cancel()
            waiter.action(found)
        }
    }
}
