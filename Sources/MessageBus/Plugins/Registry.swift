/// The `type` names that exist, with a factory for each: one visible line for each plug-in.
///
/// `registry.middleware("shout", Shout.init)`. Bridges and middlewares have name spaces of their
/// own.
public struct Registry: Sendable {
    /// Mistakes in the registration itself, in sentences: a name used twice, a bad name.
    public private(set) var problems: [String] = []

    package private(set) var middlewares: [String: PluginType<any Middleware>] = [:]
    package private(set) var bridges: [String: PluginType<any Bridge>] = [:]

    /// Makes an empty registry.
    public init() {}

    /// Registers a middleware without options.
    public mutating func middleware<Plugin: Middleware>(
        _ name: String, about: String = "", _ make: @escaping @Sendable () throws -> Plugin
    ) {
        register(PluginType(name: name, about: about, NoOptions.self) { _, _ in try make() })
    }

    /// Registers a middleware that takes its options.
    public mutating func middleware<Plugin: Middleware, Options: PluginOptions>(
        _ name: String, about: String = "", _ make: @escaping @Sendable (Options) throws -> Plugin
    ) {
        register(
            PluginType(name: name, about: about, Options.self) { options, _ in try make(options) })
    }

    /// Registers a middleware that takes its options and the context.
    public mutating func middleware<Plugin: Middleware, Options: PluginOptions>(
        _ name: String, about: String = "",
        _ make: @escaping @Sendable (Options, Context) throws -> Plugin
    ) {
        register(PluginType(name: name, about: about, Options.self) { try make($0, $1) })
    }

    /// Registers a bridge without options.
    public mutating func bridge<Plugin: Bridge>(
        _ name: String, about: String = "", _ make: @escaping @Sendable () throws -> Plugin
    ) {
        register(
            PluginType(
                name: name, about: about, hostsPeople: Plugin.self is any PeopleHosting.Type,
                NoOptions.self
            ) { _, _ in try make() })
    }

    /// Registers a bridge that takes its options.
    public mutating func bridge<Plugin: Bridge, Options: PluginOptions>(
        _ name: String, about: String = "", _ make: @escaping @Sendable (Options) throws -> Plugin
    ) {
        register(
            PluginType(
                name: name, about: about, hostsPeople: Plugin.self is any PeopleHosting.Type,
                Options.self
            ) { options, _ in try make(options) })
    }

    /// Registers a bridge that takes its options and the context.
    public mutating func bridge<Plugin: Bridge, Options: PluginOptions>(
        _ name: String, about: String = "",
        _ make: @escaping @Sendable (Options, Context) throws -> Plugin
    ) {
        register(
            PluginType(
                name: name, about: about, hostsPeople: Plugin.self is any PeopleHosting.Type,
                Options.self
            ) { try make($0, $1) })
    }

    private mutating func register(_ type: PluginType<any Middleware>) {
        if middlewares[type.name] != nil {
            problems.append("two middlewares are called \(type.name.quoted)")
        } else if isAllowed(type.name, of: "middleware") {
            middlewares[type.name] = type
        }
    }

    private mutating func register(_ type: PluginType<any Bridge>) {
        if bridges[type.name] != nil {
            problems.append("two bridges are called \(type.name.quoted)")
        } else if isAllowed(type.name, of: "bridge") {
            bridges[type.name] = type
        }
    }

    private mutating func isAllowed(_ name: String, of kind: String) -> Bool {
        if RoomName.isAllowed(name) { return true }
        problems.append(
            "a \(kind) can't be called \(name.quoted): expected 1–32 of a-z 0-9 _ -")
        return false
    }
}
