import MessageBus

/// A configuration of which only some keys at the top are wanted, whatever else is wrong with the
/// file: a person at the command line does not have the daemon's environment.
struct ReadableConfiguration {
    /// The whole file, as it was parsed.
    let root: ConfigValue
    /// The expansion of variables and files.
    let expansion: Expansion

    /// Reads a configuration, and returns what a function finds in it.
    ///
    /// - Parameter find: finds it; returns `nil` where it has added a problem.
    /// - Throws: `ConfigurationReport` with problems of the file as a whole and those that the
    ///   function has added.
    static func read<Found>(
        _ file: String, _ environment: Environment,
        _ find: (ReadableConfiguration, inout Problems) -> Found?
    ) throws(ConfigurationReport) -> Found {
        var problems = Problems()
        var found: Found?
        if let root = Configuration.parse(file, environment, into: &problems) {
            let expansion = Expansion(
                environment: environment, directory: Configuration.directory(of: file))
            found = find(ReadableConfiguration(root: root, expansion: expansion), &problems)
        }
        guard let found, problems.isEmpty else {
            throw ConfigurationReport(file: file, problems: problems)
        }
        return found
    }

    /// Decodes the value of a key; returns `otherwise` if there is none, and `nil` if it is wrong.
    func value<Value: OptionValue>(
        of key: String, otherwise: Value, into problems: inout Problems
    ) -> Value? {
        guard let member = root.member(key) else { return otherwise }
        return Value.decode(expansion.expand(member.value, into: &problems), into: &problems)
    }
}
