import CLinux
import Glibc

/// Writes lines to a descriptor that must stay blocking, without ever blocking in write(2).
enum LineOutput {
    /// What a call came to.
    enum Outcome {
        /// So many bytes are written.
        case written(Int)
        /// Nothing at present.
        case later
        /// It failed; the number is `errno`'s.
        case failed(Int32)
    }

    /// The most bytes of one write: PIPE_BUF of limits.h.
    ///
    /// A pipe that poll(2) calls writable takes as many without blocking, and never mixes them with
    /// another process's.
    static let atOnce = 4_096

    /// Writes the first lines of what is given, as poll(2) has called the descriptor writable; a
    /// line that is longer than a write goes out in pieces.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Outcome {
        let count = Glibc.write(descriptor, bytes.baseAddress, wholeLines(bytes))
        if count >= 0 { return .written(count) }
        let code = errno
        return code == EINTR || code == EAGAIN ? .later : .failed(code)
    }

    /// How many bytes the lines have that one write takes.
    private static func wholeLines(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count > atOnce else { return bytes.count }
        let ending = bytes[..<atOnce].lastIndex(of: UInt8(ascii: "\n"))
        return ending.map { $0 + 1 } ?? atOnce
    }
}

extension SocketError {
    /// Whether there is nobody at the other end any more, so that trying again is no use.
    public var meansGone: Bool { [EPIPE, EIO, EBADF, ECONNRESET].contains(code) }
}
