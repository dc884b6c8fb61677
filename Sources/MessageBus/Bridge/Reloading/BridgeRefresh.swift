/// Files of a bridge that were read anew.
package struct BridgeRefresh: Sendable {
    /// The name of what was read: `certificate`.
    package let subject: String
    /// Puts the files into use, on the loop; can't fail.
    package let use: @Sendable (isolated Bus) -> Void

    /// Makes a refresh.
    package init(_ subject: String, use: @escaping @Sendable (isolated Bus) -> Void) {
        self.subject = subject
        self.use = use
    }
}
