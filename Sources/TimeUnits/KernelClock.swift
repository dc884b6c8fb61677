import Glibc

/// The clocks of the kernel, read here and nowhere else.
package enum KernelClock {
    /// The present time of `CLOCK_MONOTONIC`, which never jumps.
    package static var monotonic: MonotonicTime {
        MonotonicTime(nanoseconds: read(CLOCK_MONOTONIC).inNanoseconds)
    }

    /// Nanoseconds since 1970-01-01 00:00 UTC, by `CLOCK_REALTIME`.
    package static var wallNanoseconds: Int64 { read(CLOCK_REALTIME).inNanoseconds }

    /// Milliseconds since 1970-01-01 00:00 UTC, by `CLOCK_REALTIME`.
    package static var wallMilliseconds: Int64 { wallNanoseconds / 1_000_000 }

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
