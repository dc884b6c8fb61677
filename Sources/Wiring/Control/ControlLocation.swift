import Glibc
import MessageBus

/// The control socket of a configuration, whatever else is wrong with the file: a person at the
/// command line does not have the daemon's environment.
package struct ControlLocation: Sendable, Equatable {
    /// The path of the configuration, made absolute.
    package let file: String
    /// The path of the socket; `nil` if the configuration has none.
    package let path: String?

    /// Reads a configuration.
    ///
    /// - Throws: `ConfigurationReport` with problems of the file as a whole, its `store` or its
    ///   `control`.
    package static func read(
        _ file: String, environment: Environment = .process
    ) throws(ConfigurationReport) -> ControlLocation {
        var problems = Problems()
        let choice = decode(file, environment, into: &problems)
        guard let choice, problems.isEmpty else {
            throw ConfigurationReport(file: file, problems: problems)
        }
        return ControlLocation(
            file: absolute(file), path: choice.map { Configuration.path($0, of: file) })
    }

    private static func decode(
        _ file: String, _ environment: Environment, into problems: inout Problems
    ) -> String?? {
        guard let parsed = Configuration.parse(file, environment, into: &problems) else {
            return nil
        }
        let expansion = Expansion(
            environment: environment, directory: Configuration.directory(of: file))
        var options = TopLevelOptions()
        if let member = parsed.member("control") {
            let value = expansion.expand(member.value, into: &problems)
            guard let control = ControlOption.decode(value, into: &problems) else { return nil }
            options.control = control
        }
        if case .path(let path) = options.control { return .some(path) }
        if let member = parsed.member("store") {
            let value = expansion.expand(member.value, into: &problems)
            guard let store = StoreOptions?.decode(value, into: &problems) else { return nil }
            options.store = store
        }
        return .some(options.control.path(besideStore: options.store?.path))
    }

    /// Returns a path that means the same in every directory.
    package static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let directory = getcwd(nil, 0) else { return path }
        defer { free(directory) }
        let plain = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(String(cString: directory))/\(plain)"
    }
}
