import Glibc

/// The end of a child process, as wait(2) reports it.
public enum ChildExit: Sendable, Equatable, CustomStringConvertible {
    /// It has ended by itself, with this status.
    case status(Int32)
    /// A signal has ended it.
    case signal(Int32)

    /// True if it has ended by itself with status 0.
    public var isSuccess: Bool { self == .status(0) }

    /// Half of a sentence: `ended with status 3`, `was ended by signal 9 (Killed)`.
    public var description: String {
        switch self {
        case .status(let status): "ended with status \(status)"
        case .signal(let number): "was ended by signal \(number) (\(Self.name(of: number)))"
        }
    }

    private static func name(of signal: Int32) -> String {
        unsafe String(lent: strsignal(signal)) ?? "unknown"
    }

    /// Reads the status word of waitpid(2): the signal in the low seven bits, else the status in
    /// the next eight.
    init(word: Int32) {
        let signal = word & 0x7F
        self = signal == 0 ? .status(word >> 8 & 0xFF) : .signal(signal)
    }
}
