extension Duration {
    /// The duration in a sentence, in the largest unit that fits exactly: `10 s`, `5 min`, `200
    /// ms`.
    var spoken: String {
        let milliseconds = Int64(clamping: attoseconds / 1_000_000_000_000_000)
        guard milliseconds % 1_000 == 0 else { return "\(milliseconds) ms" }
        let seconds = milliseconds / 1_000
        for (unit, length) in Self.units where seconds % length == 0 && seconds > 0 {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }

    /// Returns a waiting time in a sentence, in a unit that keeps the number small, rounded up.
    static func spoken(roundingUp seconds: Int64) -> String {
        for (unit, length) in units where seconds > 2 * length {
            return "\((seconds - 1) / length + 1) \(unit)"
        }
        return "\(seconds) s"
    }

    private static let units: [(String, Int64)] = [("d", 86_400), ("h", 3_600), ("min", 60)]
}
