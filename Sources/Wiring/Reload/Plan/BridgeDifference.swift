import MessageBus

/// The difference between a bridge as it runs and as the new configuration has it.
struct BridgeDifference: Sendable {
    /// The kind of difference.
    enum Kind: Sendable, Equatable {
        /// It goes on, whatever of its own chain or its limits changes.
        case stays
        /// It is restarted.
        case restarts
        /// The old configuration does not have it.
        case isNew
        /// The new configuration does not have it.
        case isRemoved
    }

    /// The bridge's name.
    let name: String
    let kind: Kind
    /// The keys that differ.
    let keys: [String]
    /// The difference between the bridge's inbound chains; `nil` if only one configuration has the
    /// bridge.
    let middleware: ChainDifference?
    /// The difference between the bridge's outgoing chains; `nil` if only one configuration has the
    /// bridge.
    let outgoing: ChainDifference?

    /// Describes a bridge that only one configuration has, or that is of another type in each.
    init(_ name: String, _ kind: Kind, keys: [String] = []) {
        (self.name, self.kind, self.keys) = (name, kind, keys)
        (middleware, outgoing) = (nil, nil)
    }

    /// Compares a bridge of both configurations.
    ///
    /// - Parameters:
    ///   - adjustable: the keys that can change while the bridge runs.
    ///   - missesRooms: true if the bridge has all rooms, and there are new ones.
    init(
        from old: BridgeEntry, to new: BridgeEntry, adjustable: Set<String>,
        missesRooms: Bool = false
    ) {
        name = new.name
        let middleware = ChainDifference(from: old.middleware, to: new.middleware)
        let outgoing = ChainDifference(from: old.outgoing, to: new.outgoing)
        var keys = new.values.keysDiffering(from: old.values)
        let own = adjustable.union(["optional"])
        if missesRooms, !keys.contains("rooms") { keys.append("rooms") }
        var isRestart = keys.contains { !own.contains($0) }
        if !middleware.lines.isEmpty { keys.append("middleware") }
        if !outgoing.lines.isEmpty {
            keys.append("outgoing")
            isRestart = true
        }
        kind = isRestart ? .restarts : .stays
        (self.keys, self.middleware, self.outgoing) = (keys, middleware, outgoing)
    }

    /// True if nothing differs.
    var isEmpty: Bool { kind == .stays && keys.isEmpty }

    /// The line of the plan: `bridge telegram: chats changed, restarts`.
    var line: String {
        let subject = "bridge \(name)"
        switch kind {
        case .isNew: return "\(subject) is new"
        case .isRemoved: return "\(subject) is removed"
        case .restarts: return "\(subject): \(keys.joined(separator: ", ")) changed, restarts"
        case .stays where keys.isEmpty: return "\(subject): unchanged"
        case .stays: return "\(subject): \(keys.joined(separator: ", ")) changed, goes on"
        }
    }
}
