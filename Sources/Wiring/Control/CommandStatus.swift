/// The exit status of the program, also as a daemon tells it to a command; by sysexits.h.
package enum CommandStatus: Int32, CaseIterable, Sendable {
    /// Everything went well.
    case success = 0
    /// The answer is no: there is no such account, token or ban; the daemon is not ready; a test
    /// failed; a replay differs.
    case negative = 1
    /// A reload would change something.
    case differs = 2
    /// The command line makes no sense (EX_USAGE).
    case usage = 64
    /// It can't be done at present (EX_UNAVAILABLE).
    case unavailable = 69
    /// The configuration has problems (EX_CONFIG).
    case configuration = 78
}
