import Glibc
import TimeUnits

/// A value behind a lock, with a way to sleep until it has changed.
///
/// Safe from any thread.
@safe final class Monitor<State>: @unchecked Sendable {  // `state` is touched with the mutex held
    /// The result of examining the value.
    enum Step<Value> {
        case done(Value)
        /// Look again when woken, or at a time of `KernelClock.monotonic`: the kernel waits.
        case sleep(until: MonotonicTime?)
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    /// Makes a monitor of a value.
    init(_ state: State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe condition = .allocate(capacity: 1)
        unsafe condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe condition.deallocate()
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Calls a function with the value, under the lock.
    func withLock<Value>(_ body: (inout State) throws -> Value) rethrows -> Value {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Wakes all threads that wait.
    func wake() { unsafe pthread_cond_broadcast(condition) }

    /// Calls a function with the value until it returns `.done`; sleeps in between.
    func wait<Value>(_ look: (inout State) -> Step<Value>) -> Value {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            switch look(&state) {
            case .done(let value): return value
            case .sleep(until: nil): unsafe pthread_cond_wait(condition, mutex)
            case .sleep(until: let moment?):
                var time = timespec(moment)
                unsafe pthread_cond_timedwait(condition, mutex, &time)
            }
        }
    }
}
