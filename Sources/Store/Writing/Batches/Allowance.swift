/// So many a second: a flood of what is noted by the way must not cost the store.
///
/// Confined to the bus's loop.
struct Allowance {
    /// How many in any one second of the wall clock.
    let perSecond: Int
    private var second: Int64 = 0
    private var taken = 0

    init(perSecond: Int) { self.perSecond = perSecond }

    /// Whether one more is allowed at a time in milliseconds.
    mutating func take(at time: Int64) -> Bool {
        if time / 1_000 != second { (second, taken) = (time / 1_000, 0) }
        taken += 1
        return taken <= perSecond
    }
}
