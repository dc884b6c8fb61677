/// A bridge with files that are read anew whenever the configuration is, such as a certificate.
package protocol RefreshableBridge: Bridge {
    /// Reads the files of the bridge, and changes nothing; `nil` if it has none.
    ///
    /// - Throws: a sentence if they can't be used.
    func readAnew() async throws -> BridgeRefresh?
}
