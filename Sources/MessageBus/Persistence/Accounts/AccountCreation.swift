/// The result of creating an account.
package enum AccountCreation: Sendable, Equatable {
    /// The account was created.
    case created(Account)
    /// There is an account of that name.
    case registered
    /// The name is reserved since its account was removed or renamed.
    case reserved
}
