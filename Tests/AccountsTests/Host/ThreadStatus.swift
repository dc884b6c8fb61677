import Glibc

/// The kernel's word on the thread that has made this, also while the thread is blocked.
///
/// Safe from any thread.
final class ThreadStatus: Sendable {
    private let descriptor = open("/proc/thread-self/stat", O_RDONLY | O_CLOEXEC)

    deinit { close(descriptor) }

    /// True while the thread waits for something.
    ///
    /// False from the moment on at which it is woken, though it may not run for long.
    var isAsleep: Bool { state == UInt8(ascii: "S") }

    /// True when the thread has ended.
    var hasEnded: Bool { state == nil }

    /// The letter by which the kernel names the state of a thread that there is.
    private var state: UInt8? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        // The letter stands behind the name, which may have spaces and parentheses itself.
        return bytes.prefix(count).split(separator: UInt8(ascii: ")")).last?.dropFirst().first
    }
}
