import MessageBus

/// A bridge of the file: its options are right, but it is not made yet.
package struct BridgeEntry: Sendable {
    /// Which bridge.
    package let type: String
    /// What `/who`, logs and metrics call it; unique.
    package let name: String
    /// The room it is in.
    package let room: String
    /// Which way messages go.
    package let direction: Direction
    /// Judges what it brings in, before the common chain.
    package let middleware: [MiddlewareEntry]
    /// Judges what it is given.
    package let outgoing: [MiddlewareEntry]
    /// How those who speak by it are named, with `{name}` and perhaps `{bridge}` in it.
    package let senderFormat: String
    /// Tells whether the daemon runs on if it fails to start.
    package let isOptional: Bool
    /// Where the entry is.
    package let location: ConfigLocation

    /// Where `senderFormat` is written; the entry if it is not.
    let formatPlace: ConfigLocation
    let maker: PluginType<any Bridge>.Make

    /// Makes the bridge, without I/O, or adds why it can't be made to the problems.
    package func make(_ context: Context, into problems: inout Problems) -> (any Bridge)? {
        made(by: maker, context, at: location, into: &problems)
    }
}
