/// The answer to a registration.
package enum RegistrationResult: Sendable, Hashable {
    /// There is a new account.
    case registered(Account)
    /// The name is registered, or reserved since its account was removed.
    case reserved
    /// People may not register themselves.
    case closed
    /// Nothing was done: too many registrations, or too many requests wait.
    ///
    /// The next registration is accepted after this many seconds, at least 1.
    case rateLimited(seconds: Int)
    /// The store fails; the log says why.
    case unavailable
}
