import Glibc
import MessageBus

/// The source from which a running daemon reads its configuration, at the start and for each
/// reload: the given path, made absolute, and the environment as it was at the start.
package struct ConfigurationSource: Sendable {
    /// The path as the user gave it.
    package let file: String
    /// The path that means the same whatever the working directory is.
    package let absoluteFile: String
    private let registry: Registry
    private let environment: Environment

    /// Records the path of a configuration, and the environment as it is now.
    ///
    /// - Parameter registry: the types that the configuration may name.
    package init(_ file: String, registry: Registry) {
        self.file = file
        self.registry = registry
        absoluteFile = ControlLocation.absolute(file)
        let variables = Self.variables
        let directory = ControlLocation.absolute("")
        // Every path in the file is relative to the file, whose own path may be relative.
        let place: @Sendable (String) -> String = { path in
            path.hasPrefix("/") ? path : directory + path
        }
        let process = Environment.process
        var environment = Environment(
            variable: { variables[$0] },
            file: { path, limit throws(FileProblem) in try process.file(place(path), limit) })
        environment.resolved = { process.resolved(place($0)) }
        environment.isDirectory = { process.isDirectory(place($0)) }
        self.environment = environment
    }

    /// Reads and checks the configuration as it is now.
    ///
    /// May take seconds where a file is a pipe or very large.
    ///
    /// - Throws: `ConfigurationReport` with all problems.
    package func read() throws(ConfigurationReport) -> Configuration {
        try Configuration.read(file, registry: registry, environment: environment)
    }

    /// Returns whether another path, as another process has made it absolute, is this file's.
    func isSame(as path: String) -> Bool {
        if path == absoluteFile { return true }
        var (own, other) = (stat(), stat())
        return unsafe stat(absoluteFile, &own) == 0 && stat(path, &other) == 0
            && own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }

    private static var variables: [String: String] {
        var result: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let sign = text.firstIndex(of: "=") {
                result[String(text[..<sign])] = String(text[text.index(after: sign)...])
            }
            unsafe next += 1
        }
        return result
    }
}
