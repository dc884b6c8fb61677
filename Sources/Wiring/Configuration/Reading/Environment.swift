import Glibc
import MessageBus

/// The variables and files that a configuration refers to; tests have their own.
package struct Environment: Sendable {
    /// Returns the value of an environment variable; `nil` if it is not set.
    package var variable: @Sendable (String) -> String?
    /// Returns the bytes of a file, up to a limit.
    package var file: @Sendable (_ path: String, _ limit: Int) throws(FileProblem) -> [UInt8]
    /// Returns a path as the system sees it: absolute, links followed as far as they exist.
    package var resolved: @Sendable (String) -> String = { $0 }
    /// Returns true if a path is a directory.
    package var isDirectory: @Sendable (String) -> Bool = { _ in false }

    /// Makes an environment of two functions, without links and directories.
    package init(
        variable: @escaping @Sendable (String) -> String?,
        file: @escaping @Sendable (_ path: String, _ limit: Int) throws(FileProblem) -> [UInt8]
    ) {
        self.variable = variable
        self.file = file
    }

    /// The environment of the process.
    package static let process: Environment = {
        var process = Environment(
            variable: { name in unsafe getenv(name).map { unsafe String(cString: $0) } },
            file: { path, limit throws(FileProblem) in
                try BoundedInput.bytes(of: path, atMost: limit)
            })
        process.resolved = { resolve($0) }
        process.isDirectory = { path in
            var status = stat()
            return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        }
        return process
    }()

    /// Returns the view of files for a configuration in a directory.
    func lookup(in directory: String) -> FileLookup {
        let (resolved, isDirectory) = (resolved, isDirectory)
        let path: @Sendable (String) -> String = { path in
            path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
        }
        return FileLookup(
            resolved: { resolved(path($0)) }, isDirectory: { isDirectory(path($0)) })
    }

    /// Resolves the links in the longest part of a path that exists.
    private static func resolve(_ path: String) -> String {
        var existing = path.hasPrefix("/") ? path : "./\(path)"
        var rest = ""
        // Names that a later `..` cancels: a name that does not exist yet is not a link.
        var taken = 0
        while true {
            if let real = unsafe realpath(existing, nil) {
                defer { unsafe free(real) }
                let directory = unsafe String(cString: real)
                if rest.isEmpty { return directory }
                return directory == "/" ? rest : directory + rest
            }
            guard let slash = existing.lastIndex(of: "/"), slash > existing.startIndex else {
                return path
            }
            let name = existing[existing.index(after: slash)...]
            switch name {
            case "", ".": break
            case "..": taken += 1
            case _ where taken > 0: taken -= 1
            default: rest = "/\(name)\(rest)"
            }
            existing = String(existing[..<slash])
        }
    }
}
