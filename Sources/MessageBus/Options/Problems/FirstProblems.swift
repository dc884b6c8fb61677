/// The first of any number of problems, by position, and how many there are in all.
struct FirstProblems: Sendable {
    /// The most problems to keep: as many as a person reads; the rest is counted.
    static let maxCount = 100

    /// Number of problems, kept or not.
    private(set) var count = 0

    private var kept: [(number: Int, problem: Problem)] = []

    /// Adds a problem, and removes the last ones when there are far too many.
    mutating func add(_ problem: Problem) {
        kept.append((count, problem))
        count += 1
        if kept.count >= 8 * Self.maxCount { kept = Array(ordered.prefix(Self.maxCount)) }
    }

    /// Adds the problems of another collection, behind its own.
    mutating func add(_ others: FirstProblems) {
        for problem in others.sorted { add(problem) }
        count += others.count - others.sorted.count
    }

    /// The first problems by position; those at the same place in the order they were added.
    var sorted: [Problem] { ordered.prefix(Self.maxCount).map(\.problem) }

    private var ordered: [(number: Int, problem: Problem)] {
        let origin = TextPosition(line: 0, column: 0)
        return kept.sorted { left, right in
            let one = left.problem.position ?? origin
            let other = right.problem.position ?? origin
            return one == other ? left.number < right.number : one < other
        }
    }
}
