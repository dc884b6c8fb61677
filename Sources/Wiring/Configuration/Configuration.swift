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

/// What a factory makes, or nil and its sentence among the problems.
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
