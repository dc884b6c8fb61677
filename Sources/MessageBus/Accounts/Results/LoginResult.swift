/// The answer to a login.
package enum LoginResult: Sendable, Hashable {
    /// The password is right.
    case loggedIn(Account)
    /// The password is wrong, or there is no such account: these can't be told apart.
    case failed
    /// No password was checked: too many attempts, or too many requests wait.
    ///
    /// The next password is checked after this many seconds, at least 1.
    case rateLimited(seconds: Int)
    /// The store fails; the log says why.
    case unavailable
}
