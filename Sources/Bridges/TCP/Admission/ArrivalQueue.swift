import Chat

/// Connections in the order in which something happened to them, with the time it happened.
///
/// Entries for which the condition no longer holds are dropped as they are found. Owned by
/// `UnnamedConnections`; confined to the bus's loop.
struct ArrivalQueue {
    /// A connection and the time it was added.
    struct Arrival {
        let connectionID: UInt32
        /// Nanoseconds of the loop's clock.
        let time: Int64
    }

    private var arrivals: [Arrival] = []
    private var start = 0

    /// Appends a connection.
    ///
    /// - Parameters:
    ///   - count: the number of open connections; the queue holds at most about twice as many
    ///     entries.
    ///   - isStillIn: returns whether a connection still belongs in the queue.
    mutating func append(
        _ connectionID: UInt32, at time: Int64, among count: Int, if isStillIn: (UInt32) -> Bool
    ) {
        if arrivals.count > 2 * count + 64 {
            arrivals = arrivals[start...].filter { isStillIn($0.connectionID) }
            start = 0
        }
        arrivals.append(Arrival(connectionID: connectionID, time: time))
    }

    /// Returns the first connection that still belongs here, and forgets those in front of it.
    mutating func first(_ isStillIn: (UInt32) -> Bool) -> Arrival? {
        while start < arrivals.count, !isStillIn(arrivals[start].connectionID) { start += 1 }
        if start < arrivals.count { return arrivals[start] }
        (arrivals, start) = ([], 0)
        return nil
    }
}
