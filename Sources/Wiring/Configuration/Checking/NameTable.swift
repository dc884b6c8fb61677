import MessageBus

/// The names of all rooms or all bridges, for checking names and globs.
///
/// Owned by the function that checks a configuration.
final class NameTable {
    let names: [String]
    /// The noun for the named things: `room`.
    let noun: String

    private let all: Set<String>
    private var globs: [String: Bool] = [:]
    /// Comparisons with globs that are left: a hundred thousand names and globs would take hours.
    private var comparisons = 1_000_000

    init(_ names: [String], of noun: String) {
        self.names = names
        self.noun = noun
        all = Set(names)
    }

    func contains(_ name: String) -> Bool { all.contains(name) }

    /// Returns true if a glob matches a name, and also once no comparisons are left.
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

    /// `; there are general, logs`: up to twelve names, for the end of a sentence.
    var ending: String {
        if names.isEmpty { return "" }
        let most = 12
        let rest = names.count > most ? ", … (\(names.count) in all)" : ""
        return "; there \(names.count == 1 ? "is only" : "are") "
            + names.prefix(most).map { $0.shortened(to: 60) }.joined(separator: ", ") + rest
    }
}
