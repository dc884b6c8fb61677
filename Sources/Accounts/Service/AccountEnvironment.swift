import MessageBus

/// The clocks, threads and log that the daemon gives the account service.
package struct AccountEnvironment: Sendable {
    /// Runs a function on the bus's loop, soon and in order.
    package var post: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Starts a named thread; throws a sentence if the system gives no more.
    package var startThread: @Sendable (String, @escaping @Sendable () -> Void) throws -> Void
    /// Milliseconds since 1970, as the wall clock has it.
    package var wall: @Sendable () -> Int64
    /// Milliseconds since 1970 that never go back nor jump, whatever happens to the wall clock.
    package var steady: @Sendable () -> Int64
    /// Traps in debug builds if the bus's loop runs and the caller is not on it.
    package var assertOwned: @Sendable () -> Void = {}
    /// The daemon's log.
    package var log = Log.silent
    /// The number of passwords hashed at once.
    package var hashers = 1

    /// Makes an environment.
    package init(
        post: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        startThread: @escaping @Sendable (String, @escaping @Sendable () -> Void) throws -> Void,
        wall: @escaping @Sendable () -> Int64, steady: @escaping @Sendable () -> Int64
    ) {
        self.post = post
        self.startThread = startThread
        self.wall = wall
        self.steady = steady
    }
}
