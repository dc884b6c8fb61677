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
        try ReadableConfiguration.read(file, environment) { configuration, problems in
            let defaults = TopLevelOptions()
            guard
                let control = configuration.value(
                    of: "control", otherwise: defaults.control, into: &problems)
            else { return nil }
            var store = defaults.store
            if case .besideStore = control {
                let chosen = configuration.value(of: "store", otherwise: store, into: &problems)
                guard let chosen else { return nil }
                store = chosen
            }
            return ControlLocation(
                file: absolute(file),
                path: control.path(besideStore: store?.path).map {
                    Configuration.path($0, of: file)
                })
        }
    }

    /// Returns a path that means the same in every directory.
    package static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let directory = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(directory) }
        let plain = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return unsafe "\(String(cString: directory))/\(plain)"
    }
}
