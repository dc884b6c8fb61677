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
    ///
    /// - Parameter time: milliseconds of the wall clock.
    mutating func spend(at time: Int64) -> Bool {
        if time / 1_000 != second { (second, used) = (time / 1_000, 0) }
        used += 1
        return used <= perSecond
    }
}
