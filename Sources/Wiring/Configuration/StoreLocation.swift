import MessageBus

/// The path of the store in a configuration and what concerns its contents, whatever else is wrong
/// with the file: a person at the command line does not have the daemon's environment.
package struct StoreLocation: Sendable, Equatable {
    /// Path of the SQLite file; `nil` if nothing outlives the process.
    package let path: String?
    /// The language of notices.
    package let language: Language
    /// Names of the rooms.
    package let rooms: [String]
    /// Names of the bridges, also of those that are left out.
    package let bridgeNames: [String]
    /// Names of the tokens that bridges have in `tokens`.
    package let tokenNames: [String]
    /// Addresses and blocks of the proxies that bridges believe, as they are written.
    package let proxies: [String]

    /// Reads a configuration.
    ///
    /// - Throws: `ConfigurationReport` with problems of the file as a whole, its `store` or its
    /// `language`.
    package static func read(
        _ file: String, environment: Environment = .process
    ) throws(ConfigurationReport) -> StoreLocation {
        try ReadableConfiguration.read(file, environment) { configuration, problems in
            let defaults = TopLevelOptions()
            guard
                let language = configuration.value(
                    of: "language", otherwise: defaults.language, into: &problems),
                let store = configuration.value(
                    of: "store", otherwise: defaults.store, into: &problems)
            else { return nil }
            let (root, expansion) = (configuration.root, configuration.expansion)
            return StoreLocation(
                path: store.map { Configuration.path($0.path, of: file) }, language: language,
                rooms: rooms(in: root, expansion), bridgeNames: bridgeNames(in: root, expansion),
                tokenNames: tokenNames(in: root), proxies: proxies(in: root, expansion))
        }
    }

    private static func rooms(in root: ConfigValue, _ expansion: Expansion) -> [String] {
        var quiet = Problems()
        guard let member = root.member("rooms") else { return TopLevelOptions().rooms.names }
        let value = expansion.expand(member.value, into: &quiet)
        return NewRooms.decode(value, into: &quiet)?.names ?? []
    }

    private static func bridgeNames(in root: ConfigValue, _ expansion: Expansion) -> [String] {
        guard case .array(let entries)? = root.member("bridges")?.value.kind else { return [] }
        var quiet = Problems()
        let named = entries.map { entry in
            var entry = entry
            if case .object(let members) = entry.kind {
                // Nothing else: it may be in files that only the daemon may read.
                entry.kind = .object(members.filter { ["name", "type"].contains($0.key) })
            }
            return expansion.expand(entry, unset: .empty, into: &quiet)
        }
        return BridgeNames(named, leftOut: [], into: &quiet).all
    }

    private static func proxies(in root: ConfigValue, _ expansion: Expansion) -> [String] {
        guard case .array(let entries)? = root.member("bridges")?.value.kind else { return [] }
        var quiet = Problems()
        return entries.flatMap { entry in
            ["proxyFrom", "proxies"].flatMap { key in
                entry.member(key)?.value.elements.compactMap {
                    expansion.expand($0, unset: .empty, into: &quiet).text
                } ?? []
            }
        }
    }

    /// Only the names: a secret may be in a variable that only the daemon has.
    private static func tokenNames(in root: ConfigValue) -> [String] {
        guard case .array(let entries)? = root.member("bridges")?.value.kind else { return [] }
        return entries.flatMap { entry -> [String] in
            guard case .object(let tokens)? = entry.member("tokens")?.value.kind else { return [] }
            return tokens.map(\.key)
        }
    }
}
