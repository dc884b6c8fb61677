/// A bridge that can take over limits of a new configuration while it runs, so that it need not be
/// restarted for them.
package protocol AdjustableBridge: Bridge {
    /// The names of the options that can be taken over; a change of any other option needs a
    /// restart.
    static var adjustableOptions: Set<String> { get }

    /// Takes over the adjustable options from another bridge of the same type, also for later runs.
    ///
    /// Called on the loop, even while the bridge does not run; can't fail.
    func adjust(to other: any Bridge, _ bus: isolated Bus)
}
