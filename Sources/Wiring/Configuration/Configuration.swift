import MessageBus

/// What bridge.json says, decoded and checked; nothing in it is made or started yet.
package struct Configuration: Sendable {
    /// The file, as the user named it.
    package let file: String
    /// The directory of the file, which relative paths are relative to.
    package let directory: String
    /// This instance, in logs and in loop prevention.
    package let name: String
    /// The language of notices and answers.
    package let language: Language
    /// The rooms, at least one; the first is the default.
    package let rooms: [String]
    /// Where what outlives the process is kept; nil for nowhere.
    package let store: StoreOptions?
    /// Who may read and speak.
    package let accounts: Accounts
    /// Tells whether people may register by themselves.
    package let isRegistrationOpen: Bool
    /// The daemon's own log.
    package let log: LogOptions
    /// The chain every inbound message passes, in order.
    package let middleware: [MiddlewareEntry]
    /// The bridges that are on, in order.
    package let bridges: [BridgeEntry]
    /// The bridges that their `when` leaves out.
    package let leftOut: [LeftOutBridge]
    /// What might be meant as it is, by position: a hundred at most.
    package internal(set) var warnings: [Problem] = []
    /// How many warnings there are.
    package internal(set) var warningCount = 0

    /// What the top of the file may say.
    package static var topLevelOptions: [OptionDescription] { TopLevelOptions.options }
    /// What every bridge may say beside the options of its type.
    package static var bridgeOptions: [OptionDescription] { BridgeEntryOptions.options }
    /// What every middleware may say beside the options of its type.
    package static var middlewareOptions: [OptionDescription] { MiddlewareEntryOptions.options }
}

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

/// A bridge that its `when` leaves out.
package struct LeftOutBridge: Sendable, Hashable {
    /// Which bridge.
    package let type: String
    /// What it would be called.
    package let name: String
}

/// What a factory makes, or nil and its sentence among the problems.
private func made<Plugin: Sendable>(
    by maker: PluginType<Plugin>.Make, _ context: Context, at location: ConfigLocation,
    into problems: inout Problems
) -> Plugin? {
    do {
        return try maker(context)
    } catch {
        problems.add("\(error)", at: location)
        return nil
    }
}
