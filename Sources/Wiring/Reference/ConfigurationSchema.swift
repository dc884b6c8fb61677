import MessageBus

/// The JSON Schema (draft 2020-12) of bridge.json with all registered plug-ins.
///
/// The schema rules out nothing that the daemon accepts: an editor that uses the schema never
/// complains about a file that passes `puente check`.
package struct ConfigurationSchema {
    private let registry: Registry

    /// Makes the schema of a registry.
    package init(_ registry: Registry) { self.registry = registry }

    /// The schema as JSON, in the style of `puente format`.
    package var text: String {
        let file = SchemaObject.of(Configuration.topLevelOptions)
            .setting(
                "$schema", "https://json-schema.org/draft/2020-12/schema".quoted, atFront: true
            )
            .setting("title", "bridge.json".quoted)
            .setting("description", "The configuration of puente \(Version.current).".quoted)
            .setting("$defs", definitions.json)
        // Our own text has no mistakes.
        return SyntaxWriter.text(of: SyntaxParser.parse(Array(file.json.utf8)))
    }

    // MARK: - Definitions

    private var definitions: SchemaObject {
        var all = SchemaObject()
        all.set(
            "middleware",
            entry(of: registry.middlewares, "middleware", "every-middleware", isLeavable: false))
        all.set("every-middleware", common(Configuration.middlewareOptions, hasEmptyLists: false))
        for type in registry.middlewares.values.sorted(by: { $0.name < $1.name }) {
            all.set(
                "middleware-\(type.name)",
                own(type.name, type.about, type.options, beside: Configuration.middlewareOptions))
        }
        all.set(
            "bridge", entry(of: registry.bridges, "bridge", "every-bridge", isLeavable: true))
        all.set("every-bridge", common(Configuration.bridgeOptions))
        for type in registry.bridges.values.sorted(by: { $0.name < $1.name }) {
            all.set(
                "bridge-\(type.name)",
                own(type.name, type.about, type.options, beside: Configuration.bridgeOptions))
        }
        return all
    }

    /// Returns the shape of an entry: its type chooses the shape of the rest.
    private func entry<Plugin>(
        of types: [String: PluginType<Plugin>], _ kind: String, _ common: String, isLeavable: Bool
    ) -> String {
        let names = types.keys.sorted()
        let type = SchemaObject(.choice(names))
            .setting("description", "The kind of \(kind).".quoted)
        let reference = SchemaObject(.definition(common)).json
        let choices = names.map { name in
            let condition = SchemaObject()
                .setting("properties", #"{"type":{"const":\#(name.quoted)}}"#)
                .setting("required", #"["type"]"#)
            return SchemaObject().setting("if", condition.json)
                .setting("then", SchemaObject(.definition("\(kind)-\(name)")).json).json
        }
        let strict = "[" + ([reference] + choices).joined(separator: ",") + "]"
        let object = SchemaObject().setting("type", "object".quoted)
            .setting("required", #"["type"]"#)
            .setting("properties", #"{"type":\#(type.json)}"#)
        // An entry that may be left out is checked only if it is on, which nobody knows here.
        guard isLeavable else { return object.setting("allOf", strict).json }
        return object.setting("if", #"{"not":{"required":["when"]}}"#)
            .setting("then", #"{"allOf":\#(strict)}"#)
            .setting("else", #"{"properties":{"when":\#(SchemaObject(WhenOption.schema).json)}}"#)
            .json
    }

    /// Returns the shape of the keys that every entry may have, whatever else it has.
    ///
    /// - Parameter hasEmptyLists: false if an empty list is a mistake in any of them.
    private func common(_ options: [OptionDescription], hasEmptyLists: Bool = true) -> String {
        var properties = SchemaObject()
        for option in options where option.name != "type" {
            let schema = hasEmptyLists ? option.schema : option.schema.withoutEmptyLists
            properties.set(option.name, SchemaObject(describing: option, as: schema).json)
        }
        return SchemaObject().setting("properties", properties.json).json
    }

    /// Returns the shape of the options of a type; the common keys are described elsewhere.
    private func own(
        _ name: String, _ about: String, _ options: [OptionDescription],
        beside common: [OptionDescription]
    ) -> String {
        var object = SchemaObject.of(options)
        if !about.isEmpty { object.set("description", about.quoted) }
        var properties = SchemaObject()
        let owned = Set(options.map(\.name))
        for option in common where !owned.contains(option.name) {
            properties.set(option.name, "true")
        }
        for option in options {
            properties.set(option.name, SchemaObject(describing: option).json)
        }
        object.set("properties", properties.json)
        return object.json
    }
}

extension OptionSchema {
    /// The same shape, of lists with at least one element.
    fileprivate var withoutEmptyLists: OptionSchema {
        switch self {
        case .list(let element, let least, let isUnique):
            .list(of: element, atLeast: max(1, least), isUnique: isUnique)
        case .either(let schemas): .either(schemas.map(\.withoutEmptyLists))
        default: self
        }
    }
}
