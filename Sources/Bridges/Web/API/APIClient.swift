/// A program that has shown the secret of a token.
struct APIClient: Sendable, Equatable {
    /// The token's name, shown in parentheses after the names of the people whom the token speaks
    /// for.
    let name: String
    /// The only room that it may read and speak in; `nil` for all.
    var room: String?
    /// True if it may not speak.
    var isReadOnly = false
    /// The SHA-256 of the secret.
    let digest: [UInt8]
}
