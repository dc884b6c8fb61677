/// The answer to a login.
package enum LoginResult: Sendable, Hashable {
    /// The password is right.
    case loggedIn(Account)
    /// The password is wrong, or there is no such account: these can't be told apart.
    case failed
    /// No password was checked: too many attempts, or too many requests wait.
    ///
    /// The next is checked after so many seconds, at least 1.
    case rateLimited(seconds: Int)
    /// The store fails; the log says why.
    case unavailable
}

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
    /// The next is taken after so many seconds, at least 1.
    case rateLimited(seconds: Int)
    /// The store fails; the log says why.
    case unavailable
}

/// The answer to a request for which an account's owner must give the password.
package enum PasswordResult: Sendable, Hashable {
    /// It is done.
    case done
    /// The password is wrong, or the account is gone.
    case failed
    /// It is not allowed: the last admin stays.
    case refused
    /// No password was checked: too many attempts, or too many requests wait.
    ///
    /// The next is checked after so many seconds, at least 1.
    case rateLimited(seconds: Int)
    /// The store fails; the log says why.
    case unavailable
}
