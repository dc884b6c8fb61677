import TimeUnits

/// The updates that a bot has not confirmed.
struct BotQueue {
    /// The number of the next one.
    var next: Int64 = 500_000
    private(set) var updates: [(id: Int64, json: [String: Any])] = []
    private var lastOffset: Int64?
    private var lastTime = MonotonicTime.start

    /// The distance by which an offset may be ahead and still confirm something.
    private static let maxAhead: Int64 = 10
    private static let maxUpdates: Int64 = 100
    private static let maxPoll: Int64 = 50

    /// Adds one.
    mutating func add(_ content: [String: Any]) {
        var json = content
        json["update_id"] = next
        updates.append((next, json))
        next += 1
    }

    /// Confirms the updates before an offset, as the real server does.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of the server's clock.
    /// - Returns: the most updates that are answered, and the seconds to wait for the first.
    mutating func ask(
        offset: Int64?, limit: Int64?, timeout: Int64?, now: MonotonicTime
    ) -> (limit: Int, timeout: Int64) {
        var limit = min(max(limit ?? Self.maxUpdates, 1), Self.maxUpdates)
        var timeout = min(max(timeout ?? 0, 0), Self.maxPoll)
        let offset = offset ?? 0
        if offset == lastOffset, timeout < 3, now - lastTime < .seconds(3) { timeout = 3 }
        // A client that asks for the same again so soon has not understood something in it.
        if offset == lastOffset, now - lastTime < .milliseconds(500) { limit = 1 }
        (lastOffset, lastTime) = (offset, now)
        if offset < 0 {
            updates = Array(updates.suffix(Int(clamping: -offset)))
        } else if offset <= next + Self.maxAhead {
            updates.removeAll { $0.id < offset }
        }
        return (Int(limit), timeout)
    }
}
