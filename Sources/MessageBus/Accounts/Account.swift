/// A registered name, as everybody may know it: without its password.
package struct Account: Sendable, Hashable {
    /// The number that stays when the name changes.
    package let id: AccountID
    /// The name as people read it.
    package var name: String
    /// The name folded, as `Sender.key` is.
    package var key: String
    /// The rights.
    package var role: Role

    /// Makes an account of stored values.
    package init(id: AccountID, name: String, key: String, role: Role) {
        self.id = id
        self.name = name
        self.key = key
        self.role = role
    }
}
