/// The reason why somebody did not get a name.
package enum NameRefusal: Sendable, Equatable {
    /// Somebody else has it.
    case taken
    /// It is an account's, and only its owner may have it.
    case registered
    /// It is banned, for this reason, which may be empty: whoever takes it is sent away.
    case banned(String)
    /// The one who asks for it may not speak, nor change names.
    case muted
    /// A middleware dropped the notice that would have announced it.
    case dropped(Drop)

    static func dropped(_ notice: Batch) -> Self {
        .dropped(notice.drops.first?.drop ?? Drop(code: "dropped", reason: ""))
    }
}
