/// A bridge to other instances of the daemon, which together are the fleet.
///
/// Its senders are shown by the names that it gives, which contain the instance's name already. The
/// common chain does not judge its messages: that of the instance where they were said has done so.
package protocol FleetBridge: Bridge {
    /// True if the bridge shares new rooms too, so that a reload that adds rooms restarts it.
    var sharesAllRooms: Bool { get }
}
