/// A bridge with files that are read anew whenever the configuration is, such as a certificate.
package protocol RefreshableBridge: Bridge {
    /// Reads the files of the bridge, and changes nothing; `nil` if it has none.
    ///
    /// - Throws: a sentence if they can't be used.
    func readAnew() async throws -> BridgeRefresh?
}

/// Files of a bridge that were read anew.
package struct BridgeRefresh: Sendable {
    /// The name of what was read: `certificate`.
    package let subject: String
    /// Uses it from now on, on the loop; can't fail.
    package let use: @Sendable (isolated Bus) -> Void

    /// Makes a refresh.
    package init(_ subject: String, use: @escaping @Sendable (isolated Bus) -> Void) {
        self.subject = subject
        self.use = use
    }
}
