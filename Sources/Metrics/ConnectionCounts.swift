/// The connections of one server: how many are open, how many there were, and their bytes.
///
/// Confined to the server's loop, which `Connection` checks.
package final class ConnectionCounts: @unchecked Sendable {  // touched on the loop only
    // Unchecked here and below: used for each read and write, and a check of exclusive access at
    // run time takes longer than the access. Safe all the same: nothing that runs during an access
    // makes another one.
    /// Connections that are open.
    @safe @exclusivity(unchecked) package var open = 0
    /// Connections that were ever let in.
    @safe @exclusivity(unchecked) package var total: UInt64 = 0
    /// Bytes received; with TLS, of what was encrypted.
    @safe @exclusivity(unchecked) package var receivedBytes: UInt64 = 0
    /// Bytes sent; with TLS, of what was encrypted.
    @safe @exclusivity(unchecked) package var sentBytes: UInt64 = 0
    /// Connections that were not let in, by the code that they were told.
    package var refusals = CodeCounts()
    /// True once a server has begun to count.
    package var isUsed = false

    /// Makes counts of nothing yet.
    package init() {}

    /// Counts a connection that is let in.
    package func recordOpening() {
        open += 1
        total += 1
    }

    /// Counts a connection that has closed.
    package func recordClosing() { open -= 1 }
}
