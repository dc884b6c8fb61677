import Glibc
import MessageBus
import Sockets

extension Exec.Options {
    /// The directories that are searched for programs if PATH is not set.
    static let usualPath = "/usr/local/bin:/usr/bin:/bin"

    /// Returns the command in the form that the system takes: with the program's file, and with its
    /// whole environment.
    ///
    /// - Throws: `BridgeError` if there is no such program or directory.
    func childCommand(_ context: Context) throws -> ChildCommand {
        try ChildCommand(
            command, fileIn: { context.path($0) }, environment: childEnvironment,
            directory: context.path(directory ?? "."))
    }

    /// Four variables of the daemon's own environment, and the configured ones.
    private var childEnvironment: [String: String] {
        var result = ["PATH": Self.usualPath, "LANG": "C.UTF-8"]
        for name in ["PATH", "HOME", "LANG", "TZ"] {
            if let value = unsafe getenv(name) { result[name] = unsafe String(cString: value) }
        }
        for (name, value) in environment { result[name] = value.reveal() }
        return result
    }
}

extension ChildCommand {
    /// Finds a program's file.
    ///
    /// - Parameters:
    ///   - command: the program, with a slash in it or to be found by PATH, and its arguments.
    ///   - path: returns the path of a program with a slash.
    ///   - directory: the directory that it runs in, from which relative entries of PATH lead.
    /// - Throws: `BridgeError` if there is no such program or directory.
    init(
        _ command: [String], fileIn path: (String) -> String, environment: [String: String],
        directory: String
    ) throws {
        guard unsafe access(directory, X_OK) == 0 else {
            let reason = SocketError("directory \(directory)", errno: errno)
            throw BridgeError("\(reason)")
        }
        let name = command.first ?? ""
        let file: String
        if name.utf8.contains(UInt8(ascii: "/")) {
            file = Self.absolute(path(name))
            guard Self.isExecutable(file) else {
                throw BridgeError("\(file) is not a file that can be run (chmod +x)")
            }
        } else {
            let path = environment["PATH"] ?? Exec.Options.usualPath
            let found = Self.find(name, in: path, from: Self.absolute(directory))
            guard let found else {
                throw BridgeError("there is no program \(name) in \(path)")
            }
            file = found
        }
        self.init(
            program: file, arguments: command, environment: environment, directory: directory)
    }

    /// Returns the absolute form of a path, which is the same from any directory.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(here) }
        return unsafe "\(String(cString: here))/\(path)"
    }
}
