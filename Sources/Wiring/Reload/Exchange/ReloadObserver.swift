/// The functions by which the other parts of a daemon learn of reloads.
package struct ReloadObserver: Sendable {
    /// Called when a reload begins.
    package var begin: @Sendable () -> Void = {}
    /// Called with the configuration that is used from now on.
    package var use: @Sendable (Configuration) -> Void = { _ in }
    /// Called when the file was found to say what runs, without a reload.
    package var isCurrent: @Sendable () -> Void = {}
    /// Called when a reload has ended, whatever came of it.
    package var end: @Sendable (ReloadResult) -> Void = { _ in }

    /// Makes an observer that does nothing.
    package init() {}
}
