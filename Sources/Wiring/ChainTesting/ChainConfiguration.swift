import MessageBus

/// The part of a configuration that chains are made of: rooms, the common chain, and each bridge's
/// own.
///
/// The options that bridges need to run, such as tokens, are neither read nor expanded.
package struct ChainConfiguration: Sendable {
    /// Path of the file, as the user gave it.
    package let file: String
    /// Directory of the file, which relative paths are relative to.
    let directory: String
    /// Name of the instance.
    let name: String
    /// The language of reasons.
    package let language: Language
    /// The rooms; the first is the default.
    package let rooms: [String]
    /// The chain every inbound message passes, in order.
    package let middleware: [MiddlewareEntry]
    /// The bridges, also those that are left out.
    package let bridges: [ChainBridge]

    /// Reads and checks the chains of a file.
    ///
    /// - Throws: `ConfigurationReport` with the problems of the file as a whole and of the chains.
    package static func read(
        _ file: String, registry: Registry, environment: Environment = .process
    ) throws(ConfigurationReport) -> ChainConfiguration {
        var problems = Problems()
        let configuration = decode(file, registry, environment, into: &problems)
        guard let configuration, problems.isEmpty else {
            throw ConfigurationReport(file: file, problems: problems)
        }
        return configuration
    }

    private static func decode(
        _ file: String, _ registry: Registry, _ environment: Environment,
        into problems: inout Problems
    ) -> ChainConfiguration? {
        guard let parsed = Configuration.parse(file, environment, into: &problems) else {
            return nil
        }
        let expansion = Expansion(
            environment: environment, directory: Configuration.directory(of: file))
        let reader = ChainReader(parsed, expansion, registry, into: &problems)
        guard let options = reader.options else { return nil }
        return ChainConfiguration(
            file: file, directory: Configuration.directory(of: file), name: options.name.text,
            language: options.language, rooms: options.rooms.names,
            middleware: reader.middleware, bridges: reader.bridges)
    }

    /// Returns the bridge with a name.
    package func bridge(_ name: String) -> ChainBridge? { bridges.first { $0.name == name } }

    /// Returns the location of a step of a chain by its label, `middleware[1] filter`.
    package func location(ofStep label: String) -> ConfigLocation? {
        (middleware + bridges.flatMap(\.middleware)).first { $0.label == label }?.location
    }
}
