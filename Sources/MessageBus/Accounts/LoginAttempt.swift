/// A request to check a password.
package struct LoginAttempt: Sendable {
    /// The folded name.
    package let key: String
    /// The password.
    package let password: Password
    /// The address that asks.
    package let address: ClientAddress
    /// The number of the connection that asks; only one request of each connection may wait.
    package let connection: UInt64

    /// Makes a request.
    package init(key: String, password: Password, address: ClientAddress, connection: UInt64) {
        self.key = key
        self.password = password
        self.address = address
        self.connection = connection
    }
}
