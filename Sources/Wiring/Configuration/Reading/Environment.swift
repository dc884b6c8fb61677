import Glibc
import MessageBus

/// What a configuration refers to outside itself, handed in so that tests have their own.
package struct Environment: Sendable {
    /// The value of an environment variable; nil if it is not set.
    package var variable: @Sendable (String) -> String?
    /// The bytes of a file, at most so many; throws the sentence why not.
    package var file: @Sendable (_ path: String, _ limit: Int) throws(FileProblem) -> [UInt8]
    /// A path as the system sees it: absolute, links followed as far as they exist.
    package var resolved: @Sendable (String) -> String = { $0 }
    /// Tells whether a path is a directory's.
    package var isDirectory: @Sendable (String) -> Bool = { _ in false }

    /// Makes surroundings of two functions, in which there are no links and no directories.
    package init(
        variable: @escaping @Sendable (String) -> String?,
        file: @escaping @Sendable (_ path: String, _ limit: Int) throws(FileProblem) -> [UInt8]
    ) {
        self.variable = variable
        self.file = file
    }

    /// Those of the process.
    package static let process: Environment = {
        var process = Environment(
            variable: { name in getenv(name).map { String(cString: $0) } },
            file: { path, limit throws(FileProblem) in
                try BoundedInput.bytes(of: path, atMost: limit)
            })
        process.resolved = { resolve($0) }
        process.isDirectory = { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        }
        return process
    }()

    /// Looks at files for the options of a configuration in a directory.
    func lookup(in directory: String) -> FileLookup {
        let (resolved, isDirectory) = (resolved, isDirectory)
        let path: @Sendable (String) -> String = { path in
            path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
        }
        return FileLookup(
            resolved: { resolved(path($0)) }, isDirectory: { isDirectory(path($0)) })
    }

    /// Follows the links of the longest part of a path that exists.
    private static func resolve(_ path: String) -> String {
        var existing = path.hasPrefix("/") ? path : "./\(path)"
        var rest = ""
        // Names that a later `..` takes back: what does not exist yet is no link.
        var taken = 0
        while true {
            if let real = realpath(existing, nil) {
                defer { free(real) }
                let directory = String(cString: real)
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
