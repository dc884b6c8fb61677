import CLinux
import Glibc

/// A signal that wakes a thread from its wait for a descriptor in poll(2).
///
/// Safe from any thread.
///
/// It interrupts a thread without touching the thread's descriptor: inherited descriptors must not
/// be made non-blocking, because that would affect the terminal and other processes too.
final class Wakeup: Sendable {
    private let event: Int32

    /// Makes a signal.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    init() throws(SocketError) {
        event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard event >= 0 else { throw SocketError("eventfd") }
    }

    deinit { close(event) }

    /// Ends the present or the next call of `wait`.
    func signal() {
        var one: UInt64 = 1
        _ = unsafe write(event, &one, 8)
    }

    /// Waits until the descriptor is ready for some of the events, has failed, or `signal()` is
    /// called.
    ///
    /// - Parameters:
    ///   - descriptor: -1 to wait for the signal alone.
    ///   - milliseconds: the longest wait; -1 for ever.
    /// - Returns: the events of the descriptor; empty after a signal or at the end of the time.
    func wait(
        for events: PollEvents = [], on descriptor: Int32 = -1, milliseconds: Int32 = -1
    ) -> PollEvents {
        var entries = (
            pollfd(fd: descriptor, events: events.rawValue, revents: 0),
            pollfd(fd: event, events: PollEvents.readable.rawValue, revents: 0)
        )
        var count: Int32
        repeat {
            count = unsafe withUnsafeMutableBytes(of: &entries) { bytes in
                unsafe poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds)
            }
        } while count < 0 && errno == EINTR
        guard count > 0 else { return [] }
        if entries.1.revents != 0 {
            var signals: UInt64 = 0
            _ = unsafe read(event, &signals, 8)
        }
        return PollEvents(rawValue: entries.0.revents)
    }
}
