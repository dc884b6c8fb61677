/// The password of an account, as it is stored.
package struct Credentials: Sendable {
    /// The account.
    package let account: Account
    /// The hash, as libsodium writes it.
    package let password: String

    /// Makes credentials.
    package init(_ account: Account, password: String) {
        self.account = account
        self.password = password
    }
}
