import Glibc

/// A signal that a thread waits for, with a deadline; sent before, it ends the next wait at once.
///
/// Safe from any thread.
final class ThreadSignal: @unchecked Sendable {  // the lock guards what varies
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var isSent = false

    /// Makes a signal that was not sent yet.
    init() {
        lock = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A wait must not depend on the wall clock, which jumps.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(lock)
        condition.deallocate()
        lock.deallocate()
    }

    /// Ends one wait, the present or the next one.
    func send() {
        pthread_mutex_lock(lock)
        isSent = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(lock)
    }

    /// Returns when the signal is sent, or after a time.
    func wait(milliseconds: Int64) {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = Int64(deadline.tv_nsec) + milliseconds * 1_000_000
        deadline.tv_sec += Int(nanoseconds / 1_000_000_000)
        deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
        pthread_mutex_lock(lock)
        while !isSent, pthread_cond_timedwait(condition, lock, &deadline) == 0 {}
        isSent = false
        pthread_mutex_unlock(lock)
    }
}

/// The time that the bridge's threads go by.
enum ThreadTime {
    /// Milliseconds since an arbitrary moment, by a clock that never jumps.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Returns the whole milliseconds of a time.
    static func milliseconds(_ time: Duration) -> Int64 {
        time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
    }
}
