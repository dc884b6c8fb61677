import Chat

/// Connections in the order in which something happened to them, as long as something holds for
/// them: who is first, and since when.
///
/// Confined to the bus's loop.
struct ArrivalQueue {
    /// A connection, and when it came to be here.
    struct Arrival {
        let connectionID: UInt32
        /// In the loop's nanoseconds.
        let time: Int64
    }

    private var arrivals: [Arrival] = []
    private var start = 0

    /// Adds one behind the others.
    ///
    /// - Parameters:
    ///   - count: connections there are; the queue never has many more than twice as many.
    ///   - isStillIn: whether one belongs here.
    mutating func append(
        _ connectionID: UInt32, at time: Int64, among count: Int, if isStillIn: (UInt32) -> Bool
    ) {
        if arrivals.count > 2 * count + 64 {
            arrivals = arrivals[start...].filter { isStillIn($0.connectionID) }
            start = 0
        }
        arrivals.append(Arrival(connectionID: connectionID, time: time))
    }

    /// The first that still belongs here; those before it are forgotten.
    mutating func first(_ isStillIn: (UInt32) -> Bool) -> Arrival? {
        while start < arrivals.count, !isStillIn(arrivals[start].connectionID) { start += 1 }
        if start < arrivals.count { return arrivals[start] }
        (arrivals, start) = ([], 0)
        return nil
    }
}
