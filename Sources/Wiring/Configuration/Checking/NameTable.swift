import MessageBus

/// The names of rooms or of bridges: which there are, and which globs match any of them.
///
/// Confined to whoever reads the configuration.
final class NameTable {
    let names: [String]
    /// What they are names of, `room`.
    let noun: String

    private let all: Set<String>
    private var globs: [String: Bool] = [:]
    /// Names that may still be compared with globs: a hundred thousand of each would take hours.
    private var comparisons = 1_000_000

    init(_ names: [String], of noun: String) {
        self.names = names
        self.noun = noun
        all = Set(names)
    }

    func contains(_ name: String) -> Bool { all.contains(name) }

    /// Tells whether a glob matches a name; true when too many were asked for to know.
    func hasMatch(for glob: Glob) -> Bool {
        if glob.isLiteral { return contains(glob.pattern) }
        if let known = globs[glob.pattern] { return known }
        guard comparisons > 0 else { return true }
        var isFound = false
        for name in names {
            comparisons -= 1
            if glob.matches(name) {
                isFound = true
                break
            }
        }
        globs[glob.pattern] = isFound
        return isFound
    }

    /// `; there are general, logs`, as far as anybody reads it.
    var ending: String {
        if names.isEmpty { return "" }
        let most = 12
        let rest = names.count > most ? ", … (\(names.count) in all)" : ""
        return "; there \(names.count == 1 ? "is only" : "are") "
            + names.prefix(most).map { $0.shortened(to: 60) }.joined(separator: ", ") + rest
    }
}
