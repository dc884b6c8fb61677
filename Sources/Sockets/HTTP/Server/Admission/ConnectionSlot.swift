/// The slot that a connection has among those of its server: the limits that it counts for.
struct ConnectionSlot {
    /// True if it counts for `maxConnections`.
    var isCounted: Bool
    /// The address that it counts for; `nil` for none.
    var host: HostKey?
}
