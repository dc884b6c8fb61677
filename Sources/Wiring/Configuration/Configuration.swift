import MessageBus

/// The contents of bridge.json, decoded and checked; nothing is made or started yet.
package struct Configuration: Sendable {
    /// Path of the file, as the user gave it.
    package let file: String
    /// Directory of the file, which relative paths are relative to.
    package let directory: String
    /// Name of this instance, in its log, on the chat page and to other instances.
    package let name: String
    /// The language of notices and answers.
    package let language: Language
    /// The rooms, at least one; the first is the default.
    package let rooms: [String]
    /// Settings of the store; `nil` if nothing outlives the process.
    package let store: StoreOptions?
    /// The requirement for reading and speaking.
    package let accounts: AccountRequirement
    /// True if people may register themselves.
    package let isRegistrationOpen: Bool
    /// The options of the status page; `nil` if it is not served.
    package let status: StatusOptions?
    /// Path of the control socket, relative to the directory; `nil` if there is none.
    package let control: String?
    /// The daemon's own log.
    package let log: LogOptions
    /// The chain every inbound message passes, in order.
    package let middleware: [MiddlewareEntry]
    /// The bridges that are on, in order.
    package let bridges: [BridgeEntry]
    /// The bridges that their `when` leaves out.
    package let leftOut: [LeftOutBridge]
    /// Warnings by position, a hundred at most.
    package internal(set) var warnings: [Problem] = []
    /// Number of all warnings.
    package internal(set) var warningCount = 0

    /// The names of all bridges, also of those that are left out.
    package var bridgeNames: [String] { bridges.map(\.name) + leftOut.map(\.name) }

    /// Options at the top of the file.
    package static var topLevelOptions: [OptionDescription] {
        TopLevelOptions.options + [
            OptionDescription(
                name: schemaKey, sentence: "The schema of this file, for editors; has no effect.",
                expectation: "anything", defaultValue: "null", schema: .anything)
        ]
    }
    /// The key by which editors find the schema of a file.
    static let schemaKey = "$schema"
    /// Options of every bridge, in addition to those of its type.
    package static var bridgeOptions: [OptionDescription] { BridgeEntryOptions.options }
    /// Options of every middleware, in addition to those of its type.
    package static var middlewareOptions: [OptionDescription] { MiddlewareEntryOptions.options }
}

/// Calls a factory; if it throws, adds a problem and returns `nil`.
func made<Plugin: Sendable>(
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
