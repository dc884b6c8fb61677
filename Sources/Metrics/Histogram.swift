/// Durations, counted by ranges, with their sum.
///
/// Owned by the statistics that it is a part of; a copy is a report.
package struct Histogram: Sendable, Equatable {
    /// The upper bounds of the ranges in nanoseconds, from 10 µs, a short turn of a loop, to 10 s,
    /// after which a scrape is given up.
    package static let bounds: [Int64] = [
        10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000,
        10_000_000_000,
    ]

    /// Durations in each range; the last one has no upper bound.
    package private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    /// All durations together in nanoseconds; stays at the largest number there is.
    package private(set) var sum: Int64 = 0

    /// Makes an empty histogram.
    package init() {}

    /// The number of durations.
    package var count: UInt64 { counts.reduce(0, +) }

    /// Counts a duration.
    ///
    /// - Parameters:
    ///   - nanoseconds: the duration; a negative one counts as none.
    ///   - times: how often it is counted.
    package mutating func record(_ nanoseconds: Int64, times: Int = 1) {
        let nanoseconds = max(0, nanoseconds)
        let index = Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count
        counts[index] += UInt64(times)
        let (product, overflows) = nanoseconds.multipliedReportingOverflow(by: Int64(times))
        let (total, isTooLarge) = sum.addingReportingOverflow(product)
        sum = overflows || isTooLarge ? .max : total
    }

    /// Returns what was counted since an earlier state of the same histogram.
    package func since(_ earlier: Histogram) -> Histogram {
        var result = self
        for index in counts.indices { result.counts[index] -= earlier.counts[index] }
        result.sum -= earlier.sum
        return result
    }

    /// Returns the duration, in seconds, that a share of all durations does not exceed, as near as
    /// the ranges tell; `nil` if nothing was counted.
    ///
    /// - Parameter share: from 0 to 1: 0.5 for the median.
    package func quantile(_ share: Double) -> Double? {
        let count = count
        guard count > 0 else { return nil }
        let wanted = share * Double(count)
        var below = 0.0
        for (index, inside) in counts.enumerated() where inside > 0 {
            if below + Double(inside) < wanted {
                below += Double(inside)
                continue
            }
            guard index < Self.bounds.count else { break }
            let (start, end) = (index == 0 ? 0 : Self.bounds[index - 1], Self.bounds[index])
            let part = max(0, wanted - below) / Double(inside)
            return (Double(start) + Double(end - start) * part) / 1e9
        }
        return Double(Self.bounds.last ?? 0) / 1e9
    }
}
