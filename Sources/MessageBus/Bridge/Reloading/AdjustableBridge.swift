/// A bridge that can take over limits of a new configuration while it runs, so that it need not be
/// run anew for them.
package protocol AdjustableBridge: Bridge {
    /// The names of the options that can be taken over; a change of any other needs a new run.
    static var adjustableOptions: Set<String> { get }

    /// Takes over those options from another bridge of the same type, also for later runs.
    ///
    /// Called on the loop, also while it does not run; can't fail.
    func adjust(to other: any Bridge, _ bus: isolated Bus)
}
