#if !SANITIZED
    import Synchronization
#endif

/// A value behind a lock.
///
/// Holds a `Mutex` of the toolchain. ThreadSanitizer does not know that mutex, which calls the
/// kernel itself, and so reports each value that two threads share under it. So builds for
/// sanitizers, made with `PUENTE_SANITIZED=1`, hold a mutex of the C library. Safe from any thread.
@usableFromInline
package struct Locked<Value: ~Copyable>: ~Copyable, Sendable {
    #if SANITIZED
        private let contents: PosixLocked<Value>
    #else
        @usableFromInline let contents: Mutex<Value>
    #endif

    #if SANITIZED
        /// Puts a value behind a lock of its own.
        package init(_ value: consuming sending Value) { contents = PosixLocked(value) }
    #else
        /// Puts a value behind a lock of its own.
        @inlinable package init(_ value: consuming sending Value) { contents = Mutex(value) }
    #endif

    #if SANITIZED
        /// Calls a function with the value while no other thread can touch it.
        ///
        /// The function must not lock the same value again.
        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            try contents.withLock(body)
        }
    #else
        /// Calls a function with the value while no other thread can touch it.
        ///
        /// The function must not lock the same value again.
        @inlinable package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            try contents.withLock(body)
        }
    #endif
}
