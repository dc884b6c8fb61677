import MessageBus

/// The path of the store in a configuration, whatever else is wrong with it: a person who reads the
/// history does not have the daemon's environment.
package struct StoreLocation: Sendable, Equatable {
    /// Path of the SQLite file; `nil` if nothing outlives the process.
    package let path: String?
    /// The language of notices.
    package let language: Language

    /// Reads a configuration.
    ///
    /// - Throws: `ConfigurationReport` with problems of the file as a whole, its `store` or its
    /// `language`.
    package static func read(
        _ file: String, environment: Environment = .process
    ) throws(ConfigurationReport) -> StoreLocation {
        var problems = Problems()
        let location = decode(file, environment, into: &problems)
        guard let location, problems.isEmpty else {
            throw ConfigurationReport(file: file, problems: problems)
        }
        return location
    }

    private static func decode(
        _ file: String, _ environment: Environment, into problems: inout Problems
    ) -> StoreLocation? {
        guard let parsed = Configuration.parse(file, environment, into: &problems) else {
            return nil
        }
        let expansion = Expansion(
            environment: environment, directory: Configuration.directory(of: file))
        var defaults = TopLevelOptions()
        if let member = parsed.member("language") {
            let value = expansion.expand(member.value, into: &problems)
            guard let language = Language.decode(value, into: &problems) else { return nil }
            defaults.language = language
        }
        if let member = parsed.member("store") {
            let value = expansion.expand(member.value, into: &problems)
            guard let store = StoreOptions?.decode(value, into: &problems) else { return nil }
            defaults.store = store
        }
        return StoreLocation(
            path: defaults.store.map { Configuration.path($0.path, of: file) },
            language: defaults.language)
    }
}
