import CLinux
import Glibc

/// The writing of lines to a descriptor that must stay blocking, without ever blocking in write(2).
enum LineOutput {
    /// The result of a write.
    enum Outcome {
        /// That many bytes are written.
        case written(Int)
        /// Nothing could be written at present.
        case later
        /// It failed, with this `errno`.
        case failed(Int32)
    }

    /// The most bytes of one write: PIPE_BUF of limits.h.
    ///
    /// A pipe that poll(2) calls writable takes that many without blocking, and never mixes them
    /// with those of another process.
    static let atOnce = 4_096

    /// Writes the first whole lines, after poll(2) has called the descriptor writable.
    ///
    /// A line longer than one write goes out in pieces.
    @safe static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Outcome {
        let count = SystemCalls.write(descriptor, bytes.part(..<wholeLines(bytes)))
        if count >= 0 { return .written(count) }
        let code = errno
        return code == EINTR || code == EAGAIN ? .later : .failed(code)
    }

    /// Returns how many bytes one write takes: whole lines, if possible.
    @safe private static func wholeLines(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count > atOnce else { return bytes.count }
        let ending = unsafe bytes[..<atOnce].lastIndex(of: UInt8(ascii: "\n"))
        return ending.map { $0 + 1 } ?? atOnce
    }
}

extension SocketError {
    /// True if the other end is gone, so that another attempt is useless.
    public var meansGone: Bool { [EPIPE, EIO, EBADF, ECONNRESET].contains(code) }
}
