import Glibc

/// A program to be run as a child process.
public struct ChildCommand: Sendable {
    /// The path of the program's file.
    public var program: String
    /// The program's name as it is told, and the arguments behind it.
    public var arguments: [String]
    /// All variables of its environment: nothing is inherited.
    public var environment: [String: String]
    /// The directory that it runs in.
    public var directory: String

    /// Makes a command.
    public init(
        program: String, arguments: [String], environment: [String: String], directory: String
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    /// Returns the file that a program's name stands for, as a shell finds it: the first executable
    /// one in the directories of a PATH.
    ///
    /// Looks at the disk.
    ///
    /// - Parameters:
    ///   - name: a name without a slash.
    ///   - path: the directories, with colons between them.
    /// - Returns: `nil` if none of them has such a file.
    public static func find(_ name: String, in path: String) -> String? {
        path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    /// Returns whether a path is that of a file, not a directory, which this process may execute.
    public static func isExecutable(_ path: String) -> Bool {
        guard let status = SystemCalls.status(path), status.st_mode & S_IFMT == S_IFREG else {
            return false
        }
        return SystemCalls.isAccessible(path, X_OK)
    }
}
