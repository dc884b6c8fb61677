import Chat
import Glibc
import MessageBus

/// The input of a password that somebody types, without echo, or that a program writes to standard
/// input.
enum PasswordInput {
    /// A password that was not given, or can't be one.
    enum Failure: Error {
        case none
        case impossible
        case different

        var sentence: String {
            switch self {
            case .none: "no password was given"
            case .impossible:
                "a password has \(Password.allowedCount.lowerBound) to "
                    + "\(Password.allowedCount.upperBound) bytes, and neither spaces nor control "
                    + "characters"
            case .different: "the two passwords differ"
            }
        }
    }

    /// The most bytes of a line that are read: more than any password has before it is composed.
    private static let maxLineBytes = 4_096

    /// Asks for a new password, twice at a terminal; elsewhere reads the first line of standard
    /// input.
    static func read(for name: String) throws(Failure) -> Password {
        guard isatty(STDIN_FILENO) == 1 else { return try password(nil) }
        let first = try password("Password for \(name): ")
        let second = try password("The same again: ")
        let isSame = unsafe first.withBytes { one in
            unsafe second.withBytes { other in unsafe one.elementsEqual(other) }
        }
        guard isSame else { throw .different }
        return first
    }

    private static func password(_ prompt: String?) throws(Failure) -> Password {
        let line = UnsafeMutableRawBufferPointer.allocate(byteCount: maxLineBytes, alignment: 1)
        defer {
            // Unlike memset it is not optimized away.
            unsafe line.baseAddress.map { unsafe explicit_bzero($0, line.count) }
            unsafe line.deallocate()
        }
        let count: Int?
        if let prompt {
            let echo = TerminalEcho()
            echo.turnOff()
            Terminal.prompt(prompt)
            count = unsafe readLine(into: line)
            echo.restore()
            Terminal.prompt("\n")
        } else {
            count = unsafe readLine(into: line)
        }
        guard let count else { throw .impossible }
        if count == 0 { throw .none }
        guard
            let password = unsafe Password(typed: UnsafeRawBufferPointer(rebasing: line[..<count]))
        else { throw .impossible }
        return password
    }

    /// Reads a line byte by byte, so that nothing after it is consumed; `nil` if it is too long.
    private static func readLine(into line: UnsafeMutableRawBufferPointer) -> Int? {
        var count = 0
        while count < line.count {
            let result = unsafe Glibc.read(
                STDIN_FILENO, line.baseAddress.map { unsafe $0 + count }, 1)
            if result < 0, errno == EINTR { continue }
            if unsafe result <= 0 || line[count] == UInt8(ascii: "\n") {
                if count > 0, unsafe line[count - 1] == UInt8(ascii: "\r") { count -= 1 }
                return count
            }
            count += 1
        }
        return nil
    }
}
