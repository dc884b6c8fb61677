import Glibc
import MessageBus
import Sockets
import Wiring

/// Standard output and standard error.
enum Terminal {
    /// Writes a text and a line ending to standard output.
    ///
    /// Returns false if the reader is gone, which is not an error. If writing fails for another
    /// reason, such as a full disk, the program ends with a sentence and status 69.
    @discardableResult
    static func printLine(_ text: String) -> Bool { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes a text to standard output as it is.
    static func write(_ text: String) { _ = write(text, to: STDOUT_FILENO) }

    /// Writes a text and a line ending to standard error; in systemd's journal they are errors.
    static func printError(_ text: String) {
        var text = text
        if JournalStream.isStandardError {
            let prefix = Log.Level.error.journalPrefix
            text = prefix + text.replacing("\n", with: "\n\(prefix)")
        }
        _ = write(text + "\n", to: STDERR_FILENO)
    }

    /// Writes a question to standard error, and leaves the line open for the answer.
    static func prompt(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&waiting, 1, -1)
                continue
            }
            guard count > 0 else {
                // EIO: the terminal is gone (termios(3)).
                if descriptor == STDOUT_FILENO, errno != EPIPE, errno != EIO { endWithoutOutput() }
                return false
            }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    private static func endWithoutOutput() -> Never {
        printError("puente: \(SocketError("write standard output"))")
        exit(CommandStatus.unavailable.rawValue)
    }
}
