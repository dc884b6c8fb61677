import Glibc
import Sockets

/// The terminal at standard input and output while a program draws on all of it.
///
/// Confined to the main thread, which `TopKeys` checks. However the program ends, unless by SIGKILL,
/// the terminal gets its settings and its contents back: that is why signals that end a program are
/// handled.
final class RawTerminal {
    private var isRaw = false

    /// Signals that end a program, from outside or by a mistake of its own.
    private static let signals = [
        SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE,
        SIGALRM, SIGUSR1, SIGUSR2,
    ]
    /// The sequences for the alternate screen, without a cursor and without wrapping of long lines
    /// (xterm's control sequences).
    private static let entering = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"

    /// True if standard input and output are terminals.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Takes over the terminal, until `restore` or a signal.
    ///
    /// Keys come at once, without echo; control-C is a key too.
    ///
    /// - Throws: `SocketError` if the terminal can't be set.
    func enter() throws {
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { throw SocketError("tcgetattr") }
        for signal in Self.signals where !Signals.isIgnored(signal) {
            Glibc.signal(signal) { signal in
                restoreTerminal()
                Glibc.signal(signal, SIG_DFL)
                raise(signal)
            }
        }
        // A suspended program would leave the shell without echo.
        signal(SIGTSTP, SIG_IGN)
        var raw = unsafe settings
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        // Control-S is turned off: it would stop the output, and so the program.
        raw.c_iflag &= ~tcflag_t(IXON | ICRNL)
        // A read returns what has been typed, even if that is nothing (termios(3)).
        unsafe withUnsafeMutableBytes(of: &raw.c_cc) { keys in
            unsafe keys[Int(VMIN)] = 0
            unsafe keys[Int(VTIME)] = 0
        }
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else {
            throw SocketError("tcsetattr")
        }
        isRaw = true
        Terminal.write(Self.entering)
    }

    /// Gives the terminal back.
    func restore() {
        guard isRaw else { return }
        isRaw = false
        restoreTerminal()
        for signal in Self.signals where !Signals.isIgnored(signal) {
            Glibc.signal(signal, SIG_DFL)
        }
        signal(SIGTSTP, SIG_DFL)
    }

    /// The terminal's present size.
    var size: TopSize {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
            size.ws_row > 0
        else { return .usual }
        return TopSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Draws lines from the first one of the screen on; there must be as many as the screen has.
    func draw(_ lines: [TopLine]) {
        // Cleared first: behind a full line the cursor is still on its last character.
        let texts = lines.map { line in
            "\u{1B}[2K" + (line.isTitle ? "\u{1B}[7m\(line.text)\u{1B}[0m" : line.text)
        }
        Terminal.write("\u{1B}[H" + texts.joined(separator: "\r\n"))
    }
}

/// The terminal's settings as they were found.
// Unsafe only in type: written before the handlers that read it are set.
nonisolated(unsafe) private var settings = termios()

/// Restores the terminal; calls only functions that a signal handler may call (signal-safety(7)).
private func restoreTerminal() {
    let leaving: StaticString = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
    unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    // A terminal that takes no output, or not within a second, must not keep the program from
    // ending.
    var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    unsafe poll(&output, 1, 1_000)
    let flags = fcntl(STDOUT_FILENO, F_GETFL)
    _ = fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK)
    _ = unsafe write(STDOUT_FILENO, leaving.utf8Start, leaving.utf8CodeUnitCount)
    _ = fcntl(STDOUT_FILENO, F_SETFL, flags)
}
