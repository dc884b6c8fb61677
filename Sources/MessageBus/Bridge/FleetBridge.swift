/// A bridge to other instances: it gives names as they are to be shown, with their instance, and the
/// common chain of the instance where something was said has judged it already.
package protocol FleetBridge: Bridge {
    /// True if new rooms are shared, too: then a reload that makes some runs the bridge anew.
    var sharesAllRooms: Bool { get }
}
