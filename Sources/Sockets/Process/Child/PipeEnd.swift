import CLinux
import Glibc

/// One end of a pipe, closed when it is released.
///
/// Owned by a `PipeReader`, a `PipeWriter` or a `ProcessGuard`, which check it; confined to the
/// loop.
final class PipeEnd {
    let descriptor: Int32

    /// Takes over a descriptor.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Makes a pipe whose ends no other program inherits.
    ///
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    static func pair() throws(SocketError) -> (reading: PipeEnd, writing: PipeEnd) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw SocketError("pipe") }
        return (PipeEnd(ends[0]), PipeEnd(ends[1]))
    }

    /// Makes reading and writing return at once; the other end stays as it is.
    func unblock() { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }
}
