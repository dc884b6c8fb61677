import Glibc
import MessageBus
import TimeUnits

/// The reading of files to their end, within limits: a pipe without a writer and an endless device
/// are errors.
enum BoundedInput {
    /// The time that reading anything but a regular file may take: enough for a command that writes
    /// a configuration into a pipe.
    private static let timeout: Duration = .seconds(3)

    /// Returns the bytes of a file, up to a limit.
    static func bytes(of path: String, atMost limit: Int) throws(FileProblem) -> [UInt8] {
        // Opening a pipe waits for a writer unless O_NONBLOCK is set.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileProblem(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileProblem(errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return try read(descriptor, limit, until: nil)
        case S_IFIFO, S_IFCHR:
            // The kernel waits, so the kernel's clock tells how long.
            return try read(descriptor, limit, until: KernelClock.monotonic + timeout)
        case S_IFDIR: throw FileProblem(errno: EISDIR)
        default: throw FileProblem(sentence: "neither a file nor a pipe")
        }
    }

    /// Reads to the end, since the size of a pipe or of `/proc` says nothing.
    private static func read(
        _ descriptor: Int32, _ limit: Int, until deadline: MonotonicTime?
    ) throws(FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        // The capacity of a pipe.
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let deadline { try wait(for: descriptor, until: deadline) }
            let count = unsafe Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { throw FileProblem(errno: errno) }
            guard count > 0 else { return bytes }
            bytes += part[..<count]
            if bytes.count > limit {
                let most = ByteCount(limit)
                throw FileProblem(sentence: "larger than \(most), the most that is read")
            }
        }
    }

    /// Waits until there is something to read or the writer has gone.
    private static func wait(
        for descriptor: Int32, until deadline: MonotonicTime
    ) throws(FileProblem) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = deadline - KernelClock.monotonic
            guard left > .zero else {
                throw FileProblem(
                    sentence: "a pipe or a device that did not end within \(timeout.wholeSeconds)s"
                )
            }
            let count = unsafe poll(&entry, 1, Int32(clamping: left.wholeMilliseconds + 1))
            if count > 0 { return }
            if count < 0, errno != EINTR { throw FileProblem(errno: errno) }
        }
    }
}
