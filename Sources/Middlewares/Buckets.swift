/// Token buckets, one for each sender, bridge or room that is limited.
///
/// A bucket is stored as the moment at which it will be full again, so that nothing has to be
/// refilled and no fraction is ever rounded. The unit of moments is nanoseconds times the messages
/// per period: in it a message costs exactly a period.
struct Buckets {
    /// The most buckets, 32 bytes each and as much again for the index: 8 MB.
    static let maxCount = 100_000
    /// The fewest buckets worth a sweep.
    private static let fewest = 1_024

    private struct Bucket {
        let key: UInt64
        var fullAt: Int128
    }

    private let cost: Int128
    private let capacity: Int128
    private var buckets: [Bucket] = []
    private var indices: [UInt64: Int] = [:]
    private var last = 0
    private var sweepAt = Self.fewest

    /// Makes buckets with a capacity and a cost per message, both below 2^126.
    init(cost: Int128, capacity: Int128) {
        self.cost = cost
        self.capacity = capacity
    }

    /// Number of buckets.
    var count: Int { buckets.count }

    /// Takes one message out of a bucket, if it holds that much.
    ///
    /// - Parameter now: the present moment, below 2^126.
    /// - Returns: 0, or the time until the bucket would hold enough.
    mutating func spend(_ key: UInt64, at now: Int128) -> Int128 {
        if last >= buckets.count || buckets[last].key != key { last = location(of: key, at: now) }
        let fullAt = max(buckets[last].fullAt, now) + cost
        let lacking = fullAt - now - capacity
        if lacking > 0 { return lacking }
        buckets[last].fullAt = fullAt
        return 0
    }

    /// Takes several messages out of a bucket, or none if it does not hold that many; returns true
    /// if it did.
    mutating func spend(_ key: UInt64, times count: Int, at now: Int128) -> Bool {
        if last >= buckets.count || buckets[last].key != key { last = location(of: key, at: now) }
        let (costs, overflows) = cost.multipliedReportingOverflow(by: Int128(count))
        guard !overflows, costs <= capacity else { return false }
        let fullAt = max(buckets[last].fullAt, now) + costs
        if fullAt - now > capacity { return false }
        buckets[last].fullAt = fullAt
        return true
    }

    private mutating func location(of key: UInt64, at now: Int128) -> Int {
        if let location = indices[key] { return location }
        if buckets.count >= sweepAt { sweep(at: now) }
        buckets.append(Bucket(key: key, fullAt: now))
        indices[key] = buckets.count - 1
        return buckets.count - 1
    }

    // Removes full buckets: a new one is full anyway. If there are still too many, removes the
    // fuller half.
    private mutating func sweep(at now: Int128) {
        buckets.removeAll { $0.fullAt <= now }
        if buckets.count >= Self.maxCount {
            buckets.sort { $0.fullAt > $1.fullAt }
            buckets.removeLast(buckets.count - Self.maxCount / 2)
        }
        indices.removeAll(keepingCapacity: true)
        for (location, bucket) in buckets.enumerated() { indices[bucket.key] = location }
        sweepAt = min(Self.maxCount, max(Self.fewest, 2 * buckets.count))
    }
}
