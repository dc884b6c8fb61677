/// The reason for which a bridge ends while the bus goes on.
package enum BridgeEnding: Sendable {
    /// Another takes its place and goes on where it stops, so its readers stop at once.
    case replaced
    /// It is no longer wanted: its readers get everything that was said until then.
    case removed
}
