import MessageBus

/// A maker of bridges and steps from the entries of a configuration, which collects the problems of
/// those that can't be made.
struct EntryMaker {
    /// A bridge that is made and not started.
    struct MadeBridge: Sendable {
        let entry: BridgeEntry
        let bridge: any Bridge
        /// The steps of its chains, made as if they were new.
        let middleware: [Chain.Step]
        let outgoing: [Chain.Step]

        /// Returns a new attachment for the bridge, whose chains judge with these steps.
        func makeAttachment() -> BridgeAttachment {
            BridgeAttachment(
                name: entry.name, room: entry.room, direction: entry.direction,
                senderFormat: entry.senderFormat, chain: Chain(middleware),
                outgoing: Chain(outgoing), isFleet: bridge is any FleetBridge)
        }
    }

    private let context: Context
    private let fold: @Sendable (String) -> String
    private(set) var problems = Problems()

    init(context: Context, fold: @escaping @Sendable (String) -> String) {
        self.context = context
        self.fold = fold
    }

    /// Makes the steps of a chain, leaving out those that have problems.
    mutating func steps(_ entries: [MiddlewareEntry]) -> [Chain.Step] {
        entries.compactMap { step($0) }
    }

    private mutating func step(_ entry: MiddlewareEntry) -> Chain.Step? {
        guard let middleware = entry.make(context, into: &problems) else { return nil }
        var another: (@Sendable () throws -> any Middleware)?
        if !(middleware is any CopyableMiddleware) {
            another = { [context, maker = entry.maker] in try maker(context) }
        }
        return Chain.Step(
            label: entry.label, name: entry.name, condition: entry.condition,
            middleware: middleware, fold: fold, make: another)
    }

    /// Makes a bridge with its chains.
    mutating func bridge(_ entry: BridgeEntry) -> MadeBridge? {
        let (middleware, outgoing) = (steps(entry.middleware), steps(entry.outgoing))
        var context = context.named(entry.name)
        context.direction = entry.direction
        return entry.make(context, into: &problems).map {
            MadeBridge(entry: entry, bridge: $0, middleware: middleware, outgoing: outgoing)
        }
    }
}
