/// The password of an account, as it is stored.
package struct Credentials: Sendable {
    /// The account.
    package let account: Account
    /// The hash, as libsodium writes it.
    package let password: String
    /// The version in which the password was last changed; a stronger hash of it changes nothing.
    package let passwordVersion: Int64

    /// Makes credentials.
    package init(_ account: Account, password: String, passwordVersion: Int64) {
        self.account = account
        self.password = password
        self.passwordVersion = passwordVersion
    }
}
