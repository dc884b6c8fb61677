/// The reason why somebody did not get a name.
package enum NameRefusal: Sendable, Equatable {
    /// Somebody else has it.
    case taken
    /// It belongs to an account, and only that account's owner may have it.
    case registered
    /// It is banned, for this reason, which may be empty: whoever takes it is sent away.
    case banned(String)
    /// The person who asks for it may neither speak nor change names.
    case muted
    /// A middleware dropped the notice that would have announced it.
    case dropped(Drop)

    static func dropped(_ notice: Batch) -> Self {
        .dropped(notice.drops.first?.drop ?? Drop(code: "dropped", reason: ""))
    }
}
