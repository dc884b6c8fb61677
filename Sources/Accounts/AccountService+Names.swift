import MessageBus

extension AccountService {
    /// A name that stands in parentheses behind the names of two different speakers.
    package struct NameConflict: Error, CustomStringConvertible {
        /// The sentence.
        package let description: String
    }

    /// Checks that bridges, tokens and relay accounts have different names: what stands in
    /// parentheses behind a name belongs to one of them.
    ///
    /// - Parameter other: the folded names of the bridges of a new configuration; `nil`: those that
    ///   there are.
    /// - Throws: `NameConflict` with a sentence, before anything is started.
    package func checkNames(of other: Set<String>? = nil) throws(NameConflict) {
        assertOwned()
        let bridges = other ?? settings.bridgeKeys
        if let key = tokenKeys.intersection(bridges).sorted().first {
            throw NameConflict(
                description: "\(key.quoted) is the name of a bridge and of a token: rename the "
                    + "bridge, or remove the token (puente token remove)")
        }
        for key in accounts.relayKeys.sorted()
        where bridges.contains(key) || tokenKeys.contains(key) {
            let other = bridges.contains(key) ? "a bridge" : "a token"
            throw NameConflict(
                description: "\(key.quoted) is the name of \(other) and of a relay account: "
                    + "rename one of them (puente user rename)")
        }
    }

    /// Uses the folded names of a new configuration's bridges.
    package func setBridgeKeys(_ keys: Set<String>) {
        assertOwned()
        settings.bridgeKeys = keys
    }

    /// Claims the names that a bridge's configuration gives to programs.
    ///
    /// Other bridges may have claimed the same names already: one program may use several bridges.
    package func claim(_ keys: Set<String>) -> String? {
        assertOwned()
        for key in keys.sorted() {
            if settings.bridgeKeys.contains(key) {
                return "\(key.quoted) is the name of a bridge and of a token in \"tokens\": rename "
                    + "one of them"
            }
            if tokenKeys.contains(key) {
                return "\(key.quoted) is the name of a token in \"tokens\" and of another one: "
                    + "rename the first, or remove the second (puente token remove)"
            }
            if accounts.relayKeys.contains(key) {
                return "\(key.quoted) is the name of a token in \"tokens\" and of a relay account: "
                    + "rename one of them"
            }
        }
        claimedKeys.formUnion(keys)
        return nil
    }

    /// Returns whether a folded name is that of a token or a relay account.
    package func speaksForOthers(_ key: String) -> Bool {
        assertOwned()
        return tokenKeys.contains(key) || claimedKeys.contains(key)
            || accounts.relayKeys.contains(key)
    }
}
