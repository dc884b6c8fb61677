import Glibc

/// The clocks of the kernel.
///
/// They are for `SystemClock`, and for whatever lets the kernel wait until a time, which the kernel
/// tells by its own clock. Everything else is given a `TimeSource`.
package enum KernelClock {
    /// The present time of `CLOCK_MONOTONIC`, which never jumps.
    package static var monotonic: MonotonicTime {
        MonotonicTime(nanoseconds: read(CLOCK_MONOTONIC).inNanoseconds)
    }

    /// The present time of `CLOCK_REALTIME`.
    package static var wall: Timestamp {
        Timestamp(milliseconds: read(CLOCK_REALTIME).inNanoseconds / 1_000_000)
    }

    /// The time that the calling thread has computed, by `CLOCK_THREAD_CPUTIME_ID`.
    package static var threadTime: Duration {
        .nanoseconds(read(CLOCK_THREAD_CPUTIME_ID).inNanoseconds)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return time
    }
}
