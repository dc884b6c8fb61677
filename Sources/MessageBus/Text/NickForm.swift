/// The form of names for IRC clients, in which not every character is allowed.
package enum NickForm {
    /// Characters that can't stand in a nick, each of which becomes `_`.
    ///
    /// The slash is reserved for the nicks of people on other bridges, so that nobody else can pose
    /// as one of them.
    private static let replaced: Set<Character> = [
        " ", ",", "*", "?", "!", "@", ":", "/", "\t",
    ]

    /// Characters that no nick begins with; a `_` stands in front of them.
    private static let leading: Set<Character> = ["$", "#", "&", "~", "%", "+", "@", ":"]

    /// Returns a name with `_` in place of characters that can't stand in a nick.
    ///
    /// `Eva María` and `Eva_María` have the same nick, also when folded. A nick without `_` belongs
    /// to one name only.
    package static func of(_ name: String) -> String {
        var nick = name
        if name.contains(where: replaced.contains) {
            nick = String(name.map { replaced.contains($0) ? "_" : $0 })
        }
        if let first = nick.first, leading.contains(first) { nick = "_" + nick }
        return nick.isEmpty ? "_" : nick
    }
}
