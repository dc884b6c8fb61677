/// The search for the name that somebody probably meant.
package enum Suggestion {
    /// Returns the name nearest to a text, if one is near enough to have been meant; the first of
    /// equals.
    package static func nearest(to text: String, among names: [String]) -> String? {
        // Nothing that long is a slip of the finger, and the distance costs the product of both.
        guard text.utf8.count <= 64 else { return nil }
        let lowered = text.lowercased()
        let wanted = Array(lowered)
        var best: (name: String, distance: Int)?
        for name in names where name != text {
            // A character has at most eight bytes or so: most names are ruled out by their length.
            guard name.utf8.count <= 8 * (wanted.count + 3),
                abs(name.utf8.count - text.utf8.count) <= 24
            else { continue }
            let candidate = Array(name.lowercased())
            let longest = max(wanted.count, candidate.count)
            // One slip in three characters, three at most, and never a wholly different word.
            let most = min(
                max(1, min(3, longest / 3)), min(wanted.count, candidate.count) - 1,
                (best?.distance ?? .max) - 1)
            guard abs(wanted.count - candidate.count) <= most else { continue }
            let distance = distance(wanted, candidate, upTo: most)
            if distance <= most { best = (name, distance) }
        }
        if let best { return best.name }
        let longer = names.filter { isShort(lowered, for: $0.lowercased()) }
        return longer.count == 1 ? longer[0] : nil
    }

    /// Returns `; did you mean "listen"?`, or nothing.
    package static func ending(for text: String, among names: [String]) -> String {
        nearest(to: text, among: names).map { "; did you mean \($0.quoted)?" } ?? ""
    }

    /// Returns whether one is the beginning of the other: `warn` of `warning`, `en` of `en_US`.
    private static func isShort(_ text: String, for name: String) -> Bool {
        if text.utf8.count >= 3, name.hasPrefix(text) { return true }
        guard name.utf8.count >= 2, text.hasPrefix(name) else { return false }
        return text.dropFirst(name.count).first.map { !$0.isLetter && !$0.isNumber } ?? false
    }

    /// Returns the Damerau–Levenshtein distance: characters left out, added, changed, or swapped in
    /// pairs.
    ///
    /// A distance beyond the limit need not be exact.
    private static func distance(
        _ one: [Character], _ other: [Character], upTo limit: Int
    ) -> Int {
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
            // A swap reaches back two rows.
            if min(row.min() ?? 0, last.min() ?? 0) > limit { return limit + 1 }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }
}
