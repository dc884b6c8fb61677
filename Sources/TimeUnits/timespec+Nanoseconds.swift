import Glibc

extension timespec {
    /// Makes a time of `CLOCK_MONOTONIC`.
    package init(_ time: MonotonicTime) {
        let (seconds, nanoseconds) = time.parts
        self.init(tv_sec: seconds, tv_nsec: nanoseconds)
    }

    /// The time in nanoseconds.
    package var inNanoseconds: Int64 { Int64(tv_sec) * 1_000_000_000 + Int64(tv_nsec) }
}
