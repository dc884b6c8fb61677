import MessageBus

/// The clocks, threads and log that the daemon gives the account service.
package struct AccountEnvironment: Sendable {
    /// Runs a function on the bus's loop, soon and in order.
    package var post: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Starts a named thread; throws a sentence if the system gives no more.
    package var startThread: @Sendable (String, @escaping @Sendable () -> Void) throws -> Void
    /// Traps in debug builds if the bus's loop runs and the caller is not on it.
    package var assertOwned: @Sendable () -> Void
    /// The time; safe from any thread.
    package let clock: any TimeSource
    private let start: (wall: Timestamp, monotonic: MonotonicTime)
    /// The daemon's log.
    package var log = Log.silent
    /// The number of passwords hashed at once.
    package var hashers = 1

    /// Makes an environment.
    package init(
        post: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        startThread: @escaping @Sendable (String, @escaping @Sendable () -> Void) throws -> Void,
        assertOwned: @escaping @Sendable () -> Void, clock: any TimeSource
    ) {
        self.post = post
        self.assertOwned = assertOwned
        self.startThread = startThread
        self.clock = clock
        start = (clock.wall(), clock.monotonic())
    }

    /// Returns the present moment as the wall clock has it.
    func wall() -> Timestamp { clock.wall() }

    /// Returns a present moment that never goes back nor jumps: setting the clock must neither end
    /// nor prolong anybody's wait.
    func steady() -> Timestamp { start.wall + (clock.monotonic() - start.monotonic) }
}
