// Names that people may use for one another.
extension Bus {
    /// Returns whether somebody here has a folded name, or somebody who has left had it within the
    /// hour.
    package func isKnown(_ key: String) -> Bool {
        people[key] != nil || knownNames.isRemembered(key, at: settings.clock.monotonic())
    }

    /// The folded names of everybody here, and of everybody who has left or changed names within
    /// the hour.
    package var knownNameIndex: NameIndex {
        knownNames.forget(at: settings.clock.monotonic())
        return knownNames.index
    }

    /// Returns whether a folded name is that of a bridge, which may stand in parentheses behind
    /// other names.
    package func isBridge(_ key: String) -> Bool {
        bridges.contains { settings.namePolicy.fold($0.name) == key }
    }

    /// Returns whether a folded name is one that stands in parentheses behind others: that of a
    /// bridge, a token or a relay account.
    package func isShownInParentheses(_ key: String) -> Bool {
        isBridge(key) || accounts.speaksForOthers(key)
    }
}
