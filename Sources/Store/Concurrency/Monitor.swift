import Glibc

/// A value behind a lock, with a way to sleep until it has changed.
///
/// Safe from any thread.
final class Monitor<State>: @unchecked Sendable {  // `state` is touched with the mutex held
    /// The result of examining the value.
    enum Step<Value> {
        case done(Value)
        /// Look again when woken, or at a moment of the monotonic clock.
        case sleep(until: Int64?)
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    /// Makes a monitor of a value.
    init(_ state: State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Calls a function with the value, under the lock.
    func withLock<Value>(_ body: (inout State) throws -> Value) rethrows -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Wakes all threads that wait.
    func wake() { pthread_cond_broadcast(condition) }

    /// Calls a function with the value until it returns `.done`; sleeps in between.
    func wait<Value>(_ look: (inout State) -> Step<Value>) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch look(&state) {
            case .done(let value): return value
            case .sleep(until: nil): pthread_cond_wait(condition, mutex)
            case .sleep(until: let moment?):
                var time = timespec(nanoseconds: moment)
                pthread_cond_timedwait(condition, mutex, &time)
            }
        }
    }
}
