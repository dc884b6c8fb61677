import Glibc

/// The reading end of a pipe on the loop.
///
/// Confined to the loop, which keeps it while it reads.
///
/// It lends its bytes for the time of a call.
@safe final class PipeReader: EventHandler {
    private let pipe: PipeEnd
    private let loop: EventLoop
    private var registration: EventLoop.Registration?
    private(set) var isAtEnd = false
    private let onBytes: (UnsafeRawBufferPointer) -> Void
    private let onEnd: () -> Void

    /// Bytes of one read: as many as a pipe holds (pipe(7)).
    private static let readSize = 64 << 10

    @safe init(
        _ pipe: PipeEnd, on loop: EventLoop, onBytes: @escaping (UnsafeRawBufferPointer) -> Void,
        onEnd: @escaping () -> Void
    ) {
        pipe.unblock()
        self.pipe = pipe
        self.loop = loop
        unsafe self.onBytes = onBytes
        self.onEnd = onEnd
    }

    /// Begins or goes on to read.
    ///
    /// - Throws: `SocketError`.
    func resume() throws {
        loop.assertOwned()
        guard registration == nil, !isAtEnd else { return }
        registration = try loop.add(pipe.descriptor, .readable, self)
    }

    /// Reads no more for a while.
    ///
    /// The pipe is not watched meanwhile: epoll would report its end again and again.
    func pause() {
        loop.assertOwned()
        if let registration { loop.remove(registration) }
        registration = nil
    }

    /// Reads no more.
    func close() {
        pause()
        isAtEnd = true
    }

    /// Reads once.
    func handle(_ ready: Readiness) {
        loop.assertOwned()
        let count = unsafe withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) {
            buffer in
            let count = SystemCalls.read(pipe.descriptor, into: buffer)
            if count > 0 { unsafe onBytes(buffer.part(..<count)) }
            return count
        }
        if count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR) || isAtEnd { return }
        close()
        onEnd()
    }
}
