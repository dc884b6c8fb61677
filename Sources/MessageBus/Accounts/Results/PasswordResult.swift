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
    /// The next password is checked after this many seconds, at least 1.
    case rateLimited(seconds: Int)
    /// The store fails; the log says why.
    case unavailable
}
