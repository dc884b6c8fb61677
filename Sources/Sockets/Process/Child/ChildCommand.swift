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

    /// Returns the file that a program's name stands for: the first executable one in the
    /// directories of a PATH.
    ///
    /// Looks at the disk. Unlike a shell, it takes an empty entry for nothing, not for the present
    /// directory.
    ///
    /// - Parameters:
    ///   - name: a name without a slash.
    ///   - path: the directories, with colons between them.
    ///   - directory: the absolute path of the directory that the program is to run in, from which
    ///     relative entries lead.
    /// - Returns: an absolute path; `nil` if no directory has such a file.
    public static func find(
        _ name: String, in path: String, from directory: String
    ) -> String? {
        path.split(separator: ":").lazy
            .map { $0.hasPrefix("/") ? "\($0)/\(name)" : "\(directory)/\($0)/\(name)" }
            .first(where: isExecutable)
    }

    /// Returns whether a path is that of a file, not a directory, which this process may execute.
    public static func isExecutable(_ path: String) -> Bool {
        guard let status = SystemCalls.status(path), status.st_mode & S_IFMT == S_IFREG else {
            return false
        }
        return SystemCalls.isAccessible(path, X_OK)
    }
}
