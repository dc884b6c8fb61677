import MessageBus

/// Finds bridges without `name` that would get another name from a new configuration than they have
/// now: cursors and checkpoints are stored under the bridge's name.
enum BridgeRenaming {
    /// Compares the bridges of two configurations.
    ///
    /// - Throws: `ReloadRefusal` that tells which bridge needs a name.
    static func check(
        from old: [BridgeEntry], to new: [BridgeEntry]
    ) throws(ReloadRefusal) {
        let present = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
        let wanted = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
        for entry in new where !entry.isNamed {
            let sameName = present[entry.name].map { differences($0, entry) } ?? .max
            if sameName == 0 { continue }
            let other = old.first { earlier in
                guard earlier.name != entry.name, earlier.type == entry.type else { return false }
                let count = differences(earlier, entry)
                // The earlier one is still there as it was: this one is only like it.
                if wanted[earlier.name].map({ differences(earlier, $0) == 0 }) ?? false {
                    return false
                }
                // Alike in everything; or the nearest, where the other one is gone.
                return count == 0
                    || (wanted[earlier.name] == nil && count < sameName)
                        && (present[entry.name] != nil)
            }
            if let other {
                throw ReloadRefusal(
                    """
                    \(entry.location.path), which is called \(other.name) now, would be called \
                    \(entry.name): give it a name
                    """)
            }
        }
    }

    private static func differences(_ one: BridgeEntry, _ other: BridgeEntry) -> Int {
        if one.type != other.type { return .max }
        return other.values.keysDiffering(from: one.values).count
    }
}
