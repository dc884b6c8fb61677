// Whom people may mean by a name.
extension Bus {
    /// Whether somebody here has a folded name, or somebody who is gone had it within the hour.
    package func isKnown(_ key: String) -> Bool {
        people[key] != nil || known.isRemembered(key, at: settings.uptime())
    }

    /// The folded names of everybody here, and of whoever has left or changed names within the hour.
    package var knownNames: NameIndex {
        known.forget(at: settings.uptime())
        return known.index
    }

    /// Whether a folded name is that of a bridge, as it stands in parentheses behind a name.
    package func isBridge(_ key: String) -> Bool {
        bridges.contains { settings.namePolicy.fold($0.name) == key }
    }
}
