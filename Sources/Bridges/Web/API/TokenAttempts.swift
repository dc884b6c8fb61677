import MessageBus
import Sockets

/// The wrong secrets that came from each address, so that nobody can try many.
///
/// An address that has sent too many is ignored for a while, except for secrets that it has used
/// before: programs behind the same proxy or router go on. Confined to the bus's loop.
struct TokenAttempts {
    private struct HostAttempts {
        var bucket = CommandBucket()
        var lastAttempt = MonotonicTime.distantPast
    }

    /// A secret that was right, and the address it came from.
    private struct Use: Hashable {
        let host: HostKey?
        let digest: [UInt8]
    }

    private var triesByHost: [HostKey?: HostAttempts] = [:]
    private var uses: Set<Use> = []

    /// Wrong secrets of one address: as many as wrong passwords, 30 at once and 30 a minute.
    private static let rule: CommandBucket.Rule = {
        var options = CommandBucket.Options()
        (options.burst, options.per) = (30, .seconds(2))
        return CommandBucket.Rule(options)
    }()
    /// The most addresses that are counted, and the most secrets that are remembered: as many as
    /// there are counters of passwords.
    private static let bound = 10_000

    /// Records that a secret was right.
    mutating func recordUse(of digest: [UInt8], from host: HostKey?) {
        // A forgotten secret is treated like any other.
        if uses.count >= Self.bound { uses = [] }
        uses.insert(Use(host: host, digest: digest))
    }

    /// Returns whether a secret was right before, at the same address.
    func wasUsed(_ digest: [UInt8], from host: HostKey?) -> Bool {
        uses.contains(Use(host: host, digest: digest))
    }

    /// Counts a wrong secret.
    mutating func recordFailure(from host: HostKey?, at now: MonotonicTime) {
        if triesByHost[host] == nil, triesByHost.count >= Self.bound { forgetOldest() }
        _ = triesByHost[host, default: HostAttempts()].bucket.spend(at: now, Self.rule)
        triesByHost[host]?.lastAttempt = now
    }

    /// Returns the seconds for which requests from an address are ignored; `nil` if they are not.
    func wait(of host: HostKey?, at now: MonotonicTime) -> Int64? {
        guard var bucket = triesByHost[host]?.bucket else { return nil }
        return switch bucket.spend(at: now, Self.rule) {
        case .allowed: nil
        case .refused(let seconds): seconds
        case .ignored: 1
        }
    }

    private mutating func forgetOldest() {
        guard let oldest = triesByHost.min(by: { $0.value.lastAttempt < $1.value.lastAttempt })
        else {
            return
        }
        triesByHost[oldest.key] = nil
    }
}
