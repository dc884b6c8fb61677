/// The result of giving an account another name.
package enum AccountRenaming: Sendable, Equatable {
    /// The account has the name.
    case renamed
    /// There is no such account.
    case unknown
    /// There is another account of that name.
    case nameIsRegistered
    /// The name is reserved because another account was removed or renamed.
    case nameIsReserved
}
