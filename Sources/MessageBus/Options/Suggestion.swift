/// Finds the name that somebody probably meant.
package enum Suggestion {
    /// The name nearest to a text, if one is near enough to have been meant; the first of equals.
    package static func nearest(to text: String, among names: [String]) -> String? {
        // Nothing that long is a slip of the finger, and the distance costs the product of both.
        guard text.utf8.count <= 64 else { return nil }
        let wanted = Array(text.lowercased())
        var best: (name: String, distance: Int)?
        for name in names where name != text {
            let candidate = Array(name.lowercased())
            let distance = distance(wanted, candidate)
            let longest = max(wanted.count, candidate.count)
            // One slip in three characters, three at most, and never a wholly different word.
            guard distance <= max(1, min(3, longest / 3)),
                distance < min(wanted.count, candidate.count)
            else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
        }
        return best?.name
    }

    /// `; did you mean "listen"?`, or nothing.
    package static func ending(for text: String, among names: [String]) -> String {
        nearest(to: text, among: names).map { "; did you mean \($0.quoted)?" } ?? ""
    }

    /// The Damerau–Levenshtein distance: characters left out, added, changed, or swapped in pairs.
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for (i, left) in one.enumerated() {
            var row = [i + 1]
            for (j, right) in other.enumerated() {
                let change = last[j] + (left == right ? 0 : 1)
                var cost = min(change, last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left == other[j - 1], one[i - 1] == right {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }
}
