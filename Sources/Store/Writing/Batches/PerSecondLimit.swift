import MessageBus

/// A limit per second, so that a flood of drops does not burden the store.
///
/// Confined to the bus's loop.
struct PerSecondLimit {
    /// The most in any one second of the wall clock.
    let perSecond: Int
    private var second: Int64 = 0
    private var used = 0

    init(perSecond: Int) { self.perSecond = perSecond }

    /// Takes one; returns false if this second's are used up.
    mutating func spend(at time: Timestamp) -> Bool {
        let present = time.milliseconds / 1_000
        if present != second { (second, used) = (present, 0) }
        used += 1
        return used <= perSecond
    }
}
