import MessageBus

/// The difference between two chains: which steps of the new one go on from which of the old one.
///
/// Steps are matched by what they say, the first with the first, wherever they stand.
struct ChainDifference: Sendable {
    /// For each new step the index of the old one that it goes on from; `nil` for one that begins.
    let origins: [Int?]
    /// A line for each difference that matters: `middleware[3] filter: changed`.
    let lines: [String]
    /// True if any step has another label, so that the chain must be exchanged.
    let isExchanged: Bool

    /// Compares two chains.
    init(from old: [MiddlewareEntry], to new: [MiddlewareEntry]) {
        var free = Array(old.indices)
        let origins = new.map { entry -> Int? in
            guard let place = free.firstIndex(where: { old[$0].isEqual(to: entry) }) else {
                return nil
            }
            return free.remove(at: place)
        }
        var lines: [String] = []
        var last = -1
        for (index, entry) in new.enumerated() {
            if let origin = origins[index] {
                if origin < last { lines.append("\(entry.label): moved") }
                last = max(last, origin)
            } else if let place = free.firstIndex(where: { old[$0].type == entry.type }) {
                free.remove(at: place)
                lines.append("\(entry.label): changed")
            } else {
                lines.append("\(entry.label) is new")
            }
        }
        for index in free { lines.append("\(old[index].label) is removed") }
        self.origins = origins
        self.lines = lines
        isExchanged = !lines.isEmpty || zip(old, new).contains { $0.label != $1.label }
    }

    /// Returns what takes the place of the old steps.
    ///
    /// - Parameter made: the new steps, made as if none went on from an old one.
    func successors(_ made: [Chain.Step]) -> [Chain.Successor] {
        zip(origins, made).map { origin, step in
            origin.map { .kept(index: $0, label: step.label) } ?? .new(step)
        }
    }
}
