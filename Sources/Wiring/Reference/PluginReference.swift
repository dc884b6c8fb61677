import MessageBus

/// The text of `puente describe`: every bridge and middleware with its options, from the code.
package struct PluginReference {
    private let registry: Registry

    /// Makes the reference of a registry.
    package init(_ registry: Registry) { self.registry = registry }

    /// Returns the whole reference, or the types of one name; `nil` if there is none.
    package func text(about name: String?) -> String? {
        let bridges = registry.bridges.values.filter { name == nil || $0.name == name }
        let middlewares = registry.middlewares.values.filter { name == nil || $0.name == name }
        if bridges.isEmpty, middlewares.isEmpty { return nil }
        var parts: [String] = []
        for type in bridges.sorted(by: { $0.name < $1.name }) {
            parts.append(entry("bridge", type.name, type.about, type.options))
        }
        if !bridges.isEmpty {
            parts.append(entry("every bridge", nil, "", Configuration.bridgeOptions))
        }
        for type in middlewares.sorted(by: { $0.name < $1.name }) {
            parts.append(entry("middleware", type.name, type.about, type.options))
        }
        if !middlewares.isEmpty {
            parts.append(entry("every middleware", nil, "", Configuration.middlewareOptions))
        }
        if name == nil {
            parts.insert(entry("bridge.json", nil, "", Configuration.topLevelOptions), at: 0)
        }
        return parts.joined(separator: "\n\n")
    }

    /// Returns the sentence for an unknown name.
    package func unknown(_ name: String) -> String {
        let names = Set(registry.bridges.keys).union(registry.middlewares.keys).sorted()
        return
            "no bridge or middleware is called \(name.quoted)\(Suggestion.ending(for: name, among: names))"
    }

    private func entry(
        _ kind: String, _ name: String?, _ about: String, _ options: [OptionDescription]
    ) -> String {
        let title = [kind, name].compactMap(\.self).joined(separator: " ")
        let heading = about.isEmpty ? title : "\(title)\n  \(about)"
        return ([heading] + options.flatMap { lines($0, indent: "  ") }).joined(separator: "\n")
    }

    private func lines(_ option: OptionDescription, indent: String) -> [String] {
        let value = option.defaultWords.map { "default \($0)" } ?? "must be given"
        let secret = option.isSecret ? ", never shown" : ""
        let own = [
            "\(indent)\(option.name)  (\(option.expectation), \(value)\(secret))",
            "\(indent)    \(option.sentence)",
        ]
        return own + option.nested.flatMap { lines($0, indent: indent + "    ") }
    }
}
