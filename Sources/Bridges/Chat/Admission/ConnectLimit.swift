import MessageBus
import Sockets
import TimeUnits

/// A limit on new connections from one address: a burst at once, then one after each pause.
///
/// Connections from this machine are not limited. Owned by `ChatListener`; confined to the bus's
/// loop.
package struct ConnectLimit {
    /// The limit as bridge.json states it.
    package struct Options: PluginOptions {
        /// Connections at once.
        @Option("Connections that may come at once.", in: 1...1_000_000)
        package var burst = 200
        /// The pause after which one more may come.
        @Option("The pause after which one more may come.", in: .microseconds(1)...)
        package var per = Duration.milliseconds(50)

        /// Makes the defaults.
        package init() {}
    }

    /// The time that one connection uses up.
    private let pause: Duration
    /// The time that may be used up already when another connection comes.
    private let allowance: Duration
    /// The time, on the loop's clock, until which the connections of each address use up its
    /// allowance.
    private var busyUntil: [HostKey: MonotonicTime] = [:]

    /// The number of addresses that are counted at a time, which bounds the memory.
    ///
    /// While this many addresses have used up some of their allowance, a new address is not
    /// limited.
    private static let maxAddresses = 10_000

    /// Makes a limit of which nothing is used up yet.
    package init(_ options: Options) {
        // The bound keeps the times, which lie ahead by the allowance, from overflowing.
        pause = .nanoseconds(max(1, options.per.inNanoseconds))
        allowance = min(pause * (options.burst - 1), .nanoseconds(Int64.max / 4))
    }

    /// Counts a connection, and returns whether it may come in.
    package mutating func spend(for host: HostKey, at now: MonotonicTime) -> Bool {
        if host.isLoopback { return true }
        if busyUntil.count >= Self.maxAddresses, busyUntil[host] == nil {
            busyUntil = busyUntil.filter { $0.value > now }
            if busyUntil.count >= Self.maxAddresses { return true }
        }
        let until = max(busyUntil[host] ?? now, now)
        guard until - now <= allowance else { return false }
        busyUntil[host] = until + pause
        return true
    }
}
