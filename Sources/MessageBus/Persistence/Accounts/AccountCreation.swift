/// The result of creating an account.
package enum AccountCreation: Sendable, Equatable {
    /// The account was created.
    case created(Account)
    /// There is an account of that name.
    case nameIsRegistered
    /// The name is reserved because its account was removed or renamed.
    case nameIsReserved
}
