import Glibc

/// Returns the reading of the monotonic clock that the store's threads sleep by, in nanoseconds.
func monotonicNow() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.inNanoseconds
}
