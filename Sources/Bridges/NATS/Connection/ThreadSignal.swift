import Glibc
import TimeUnits

/// A signal that a thread waits for, with a deadline; a signal sent before the wait ends it at
/// once.
///
/// Safe from any thread. It owns its lock and its condition, which belong to the C library.
@safe final class ThreadSignal: @unchecked Sendable {  // the lock guards what varies
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var isSent = false

    /// Makes a signal that was not sent yet.
    init() {
        unsafe lock = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // A wait must not depend on the wall clock, which jumps.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(lock)
        unsafe condition.deallocate()
        unsafe lock.deallocate()
    }

    /// Ends one wait, the present or the next one.
    func send() {
        unsafe pthread_mutex_lock(lock)
        isSent = true
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Returns when the signal is sent, or after a time.
    func wait(atMost time: Duration) {
        // The kernel waits, by a clock of its own.
        var deadline = timespec(KernelClock.monotonic + time)
        unsafe pthread_mutex_lock(lock)
        while !isSent, unsafe pthread_cond_timedwait(condition, lock, &deadline) == 0 {}
        isSent = false
        unsafe pthread_mutex_unlock(lock)
    }
}
