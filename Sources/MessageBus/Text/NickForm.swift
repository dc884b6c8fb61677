/// Names as clients of IRC read them, where not every character can stand.
package enum NickForm {
    /// Characters that can't stand in a nick, each of which becomes `_`.
    ///
    /// The slash belongs to those of other bridges, so that nobody can be faked from there.
    package static let replaced: Set<Character> = [
        " ", ",", "*", "?", "!", "@", ":", "/", "\t",
    ]

    /// Returns a name with `_` for what can't stand in a nick.
    ///
    /// `Eva María` and `Eva_María` have the same, also folded.
    package static func of(_ name: String) -> String {
        if !name.contains(where: replaced.contains) { return name }
        return String(name.map { replaced.contains($0) ? "_" : $0 })
    }
}
