/// A bridge with files that are read anew whenever the configuration is, such as a certificate.
package protocol RefreshableBridge: Bridge {
    /// Reads the files, even if the bridge does not run, and uses none yet; `nil` if it has none.
    ///
    /// - Throws: a sentence if they can't be used.
    func readAnew() async throws -> BridgeRefresh?
}
