import Chat
import Sockets

/// How fast new connections may come from one address: so many at once, and then one after each
/// pause.
///
/// Not for this machine's own. Confined to the bus's loop.
struct ConnectLimit {
    private let pause: Int64
    /// How much may be filled when one more comes.
    private let allowance: Int64
    /// Up to when, in the loop's time, those that have come fill an address's allowance.
    private var filled: [HostKey: Int64] = [:]

    /// Addresses that are counted at most: with more than that at once, those that come last are not.
    private static let bound = 10_000

    init(_ options: TCP.Options.Connects) {
        pause = max(1, options.per.inNanoseconds)
        let (product, overflow) = pause.multipliedReportingOverflow(by: Int64(options.burst - 1))
        allowance = overflow ? .max / 4 : product
    }

    /// Counts a connection; returns whether it may come in.
    mutating func takes(_ host: HostKey, at now: Int64) -> Bool {
        if host.isLoopback { return true }
        if filled.count >= Self.bound, filled[host] == nil {
            filled = filled.filter { $0.value > now }
            if filled.count >= Self.bound { return true }
        }
        let until = max(filled[host] ?? now, now)
        guard until - now <= allowance else { return false }
        filled[host] = until + pause
        return true
    }
}
