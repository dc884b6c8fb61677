/// Names as clients of IRC read them, where not every character can stand.
package enum NickForm {
    /// Characters that can't stand in a nick, each of which becomes `_`.
    ///
    /// The slash belongs to those of other bridges, so that nobody can be faked from there.
    private static let replaced: Set<Character> = [
        " ", ",", "*", "?", "!", "@", ":", "/", "\t",
    ]

    /// Characters that no nick begins with; a `_` stands in front of them.
    private static let leading: Set<Character> = ["$", "#", "&", "~", "%", "+", "@", ":"]

    /// Returns a name with `_` for what can't stand in a nick.
    ///
    /// `Eva María` and `Eva_María` have the same, also folded. A name whose nick has no `_` shares it
    /// with no other.
    package static func of(_ name: String) -> String {
        var nick = name
        if name.contains(where: replaced.contains) {
            nick = String(name.map { replaced.contains($0) ? "_" : $0 })
        }
        if let first = nick.first, leading.contains(first) { nick = "_" + nick }
        return nick.isEmpty ? "_" : nick
    }
}
