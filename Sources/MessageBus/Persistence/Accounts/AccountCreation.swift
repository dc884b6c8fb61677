/// The answer to a new account.
package enum AccountCreation: Sendable, Equatable {
    /// It is there.
    case created(Account)
    /// There is an account of that name.
    case registered
    /// The name is reserved since its account was removed or renamed.
    case reserved
}
