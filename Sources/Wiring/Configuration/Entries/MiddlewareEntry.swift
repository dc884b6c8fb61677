import MessageBus

/// A middleware of the file, with valid options, that is not made yet.
package struct MiddlewareEntry: Sendable {
    /// The kind of middleware.
    package let type: String
    /// The name under which its drops are counted.
    package let name: String
    /// The condition on messages that it judges.
    package let condition: Condition
    /// Location of the entry.
    package let location: ConfigLocation

    /// The step's index and type, as `puente why` shows them: `middleware[1] filter`.
    package var label: String { "\(location.path) \(type)" }

    /// Returns the options and the condition as JSON: the same for entries that mean the same.
    let rendered: @Sendable () -> String

    /// The values of its own options.
    let values: DecodedValues
    let maker: PluginType<any Middleware>.Make

    /// Returns whether another entry, wherever it stands, says the same.
    func isEqual(to other: MiddlewareEntry) -> Bool {
        type == other.type && name == other.name && condition == other.condition
            && values == other.values
    }

    /// Makes the middleware, without I/O; adds a problem if that fails.
    package func make(_ context: Context, into problems: inout Problems) -> (any Middleware)? {
        made(by: maker, context, at: location, into: &problems)
    }
}
