import MessageBus

/// A middleware of the file: its options are right, but it is not made yet.
package struct MiddlewareEntry: Sendable {
    /// Which middleware.
    package let type: String
    /// What it judges.
    package let condition: Condition
    /// Where the entry is.
    package let location: ConfigLocation

    let maker: PluginType<any Middleware>.Make

    /// Makes the middleware, without I/O, or adds why it can't be made to the problems.
    package func make(_ context: Context, into problems: inout Problems) -> (any Middleware)? {
        made(by: maker, context, at: location, into: &problems)
    }
}
