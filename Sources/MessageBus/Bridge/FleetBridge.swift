/// A bridge to other instances: names are shown as it gives them, with their instance, and messages
/// have already been judged by the common chain of the instance that they come from.
package protocol FleetBridge: Bridge {
    /// True if the bridge shares new rooms too, so that a reload that adds rooms restarts it.
    var sharesAllRooms: Bool { get }
}
