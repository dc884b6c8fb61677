import Glibc

/// The writing end of a pipe on the loop, with the bytes that it has not taken.
///
/// Confined to the loop, which keeps it until it is closed, by this end or the other.
final class PipeWriter: EventHandler {
    private var pipe: PipeEnd?
    private let loop: EventLoop
    private var registration: EventLoop.Registration?
    private var bytes: [UInt8] = []
    /// Bytes at the front that are written.
    private var written = 0
    private var isEnding = false
    /// True while the pipe takes no more.
    private var isFull = false
    /// Called when all bytes are written, and when nobody reads any more.
    private let onDrain: () -> Void

    init(_ pipe: PipeEnd, on loop: EventLoop, onDrain: @escaping () -> Void) {
        pipe.unblock()
        self.pipe = pipe
        self.loop = loop
        self.onDrain = onDrain
        // Watched for nothing but the end of the other side, which is always reported.
        registration = try? loop.add(pipe.descriptor, [], self)
    }

    /// Bytes that wait.
    var waiting: Int { bytes.count - written }
    /// Bytes that the pipe has taken since the beginning.
    private(set) var taken: UInt64 = 0
    /// Bytes in the pipe that nobody has read.
    var unread: Int {
        guard let pipe else { return 0 }
        var count: Int32 = 0
        // Linux counts them at both ends (pipe(7)).
        return unsafe ioctl(pipe.descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }
    /// True until the end was written, or nobody reads any more.
    var isOpen: Bool { pipe != nil && !isEnding }

    /// Writes bytes, now or as soon as the pipe takes them; its caller bounds them.
    func write(_ more: [UInt8]) {
        loop.assertOwned()
        guard isOpen else { return }
        bytes += more
        if !isFull { send() }
    }

    /// Writes the end behind all bytes.
    func end() {
        isEnding = true
        if waiting == 0 { close() }
    }

    /// Closes the pipe, whatever waits.
    func close() {
        if let registration { loop.remove(registration) }
        (registration, pipe, bytes, written) = (nil, nil, [], 0)
        isFull = false
    }

    /// Writes on, or learns that nobody reads any more, though nothing waits.
    func handle(_ ready: Readiness) {
        loop.assertOwned()
        if waiting > 0 { return send() }
        guard !ready.isDisjoint(with: [.failed, .hungUp]), pipe != nil else { return }
        close()
        onDrain()
    }

    private func send() {
        while let pipe, waiting > 0 {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(
                    pipe.descriptor, $0.baseAddress.map { unsafe $0 + written }, waiting)
            }
            if count >= 0 {
                written += count
                taken += UInt64(count)
            } else if errno == EAGAIN {
                return wait(on: pipe)
            } else if errno != EINTR {
                // Nobody reads any more; the end of the process is reported in another way.
                close()
                return onDrain()
            }
        }
        (bytes, written) = ([], 0)
        if isFull, let registration { loop.modify(registration, []) }
        isFull = false
        if isEnding { close() }
        onDrain()
    }

    private func wait(on pipe: PipeEnd) {
        // What is written is let go when it is half of all, so that moving the rest costs little.
        if written > bytes.count / 2 {
            bytes.removeFirst(written)
            written = 0
        }
        if isFull { return }
        isFull = true
        if let registration { return loop.modify(registration, .writable) }
        do {
            registration = try loop.add(pipe.descriptor, .writable, self)
        } catch {
            close()
            onDrain()
        }
    }
}
