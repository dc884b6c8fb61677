/// A value that only one entry of the file may have, such as an address or a bot's token.
package struct UniqueClaim: Sendable, Hashable {
    /// The kind of value, such as `address`; claims of different kinds never collide.
    let name: String
    /// The value.
    let value: Secret
}
