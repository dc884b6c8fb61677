import Chat
import Glibc
import MessageBus
import Sockets
import TCPBridge
import TestSupport

/// The processor time of a thread.
struct ThreadClock: Sendable {
    private var id: clockid_t = CLOCK_THREAD_CPUTIME_ID

    /// The clock of the calling thread, for all threads.
    init() { pthread_getcpuclockid(pthread_self(), &id) }

    /// Nanoseconds.
    var now: Int64 { Self.read(id) }
    /// Nanoseconds of the calling thread.
    static var now: Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ id: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(id, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
