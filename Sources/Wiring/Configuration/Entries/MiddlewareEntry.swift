import MessageBus

/// A middleware of the file, with valid options, that is not made yet.
package struct MiddlewareEntry: Sendable {
    /// The kind of middleware.
    package let type: String
    /// The condition on messages that it judges.
    package let condition: Condition
    /// Location of the entry.
    package let location: ConfigLocation

    /// The values of its own options.
    let values: DecodedValues
    let maker: PluginType<any Middleware>.Make

    /// Returns whether another entry, wherever it stands, says the same.
    func isEqual(to other: MiddlewareEntry) -> Bool {
        type == other.type && condition == other.condition && values == other.values
    }

    /// Makes the middleware, without I/O; adds a problem if that fails.
    package func make(_ context: Context, into problems: inout Problems) -> (any Middleware)? {
        made(by: maker, context, at: location, into: &problems)
    }
}
