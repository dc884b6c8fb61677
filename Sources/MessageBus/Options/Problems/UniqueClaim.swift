/// A value that only one entry of the file may have, such as an address or a bot's token.
package struct UniqueClaim: Sendable, Hashable {
    /// The name of such things: `address`.
    let name: String
    /// The value.
    let value: Secret
}
