import Glibc

/// The echo of the terminal at standard input, off while a password is typed.
///
/// Owned by the function that reads a password. Signals that end the program turn it on again.
final class TerminalEcho {
    private var isOff = false

    /// Signals that end the program from a terminal.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// Turns the echo off, until `restore` or a signal.
    func turnOff() {
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        for signal in Self.signals {
            Glibc.signal(signal) { signal in
                // Both functions may be called in a signal handler (signal-safety(7)).
                unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
                Glibc.signal(signal, SIG_DFL)
                raise(signal)
            }
        }
        // A suspended program would leave the shell without echo.
        signal(SIGTSTP, SIG_IGN)
        var silent = unsafe settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        // Input that was typed ahead, with echo, is discarded.
        isOff = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0
    }

    /// Turns the echo on again.
    func restore() {
        if isOff { unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
        isOff = false
        for signal in Self.signals + [SIGTSTP] { Glibc.signal(signal, SIG_DFL) }
    }
}

/// The terminal's settings as they were found.
// Unsafe only in type: written before the handlers that read it are set.
nonisolated(unsafe) private var settings = termios()
