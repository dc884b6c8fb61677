import MessageBus

/// A bridge of the file, with valid options, that is not made yet.
package struct BridgeEntry: Sendable {
    /// The kind of bridge.
    package let type: String
    /// Its unique name in `/who`, logs and metrics.
    package let name: String
    /// The room it is in.
    package let room: String
    /// The direction in which it carries messages.
    package let direction: Direction
    /// The chain for messages that it brings in, before the common chain.
    package let middleware: [MiddlewareEntry]
    /// The chain for messages that it is given.
    package let outgoing: [MiddlewareEntry]
    /// The form of names of people who speak by it, with `{name}` and perhaps `{bridge}` in it.
    package let senderFormat: String
    /// True if the daemon runs on although the bridge fails to start.
    package let isOptional: Bool
    /// Location of the entry.
    package let location: ConfigLocation

    /// True if its name is given and not made from its type.
    package let isNamed: Bool
    /// The claims to things that only one bridge may have.
    let claims: Set<UniqueClaim>
    /// The values of its options, the common ones first, without its chains.
    let values: DecodedValues

    /// Location of `senderFormat`; that of the entry if it is not given.
    let formatLocation: ConfigLocation
    let maker: PluginType<any Bridge>.Make

    /// Makes the bridge, without I/O; adds a problem if that fails.
    package func make(_ context: Context, into problems: inout Problems) -> (any Bridge)? {
        made(by: maker, context, at: location, into: &problems)
    }
}
