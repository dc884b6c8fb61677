import MessageBus

/// The differences between the configuration that runs and a new one, and so what a reload does.
package struct ReloadPlan: Sendable {
    /// The common chain.
    let middleware: ChainDifference
    /// The bridges of the new configuration in its order, then those that are removed.
    let bridges: [BridgeDifference]
    /// Names of rooms that are new.
    let newRooms: [String]
    /// Names of rooms that are closed.
    let closedRooms: [String]
    /// True if the status server is opened, moved or closed.
    let movesStatus: Bool
    private let otherLines: [String]
    /// The names of things that are read or opened anew although nothing differs.
    private var renewals: [String] = []

    /// Compares two configurations.
    ///
    /// - Parameters:
    ///   - adjustable: returns the keys of a bridge that can change while it runs.
    ///   - sharesAllRooms: returns whether a bridge has to be restarted when there are new rooms.
    /// - Throws: `ReloadRefusal` if the differences need a restart.
    init(
        from old: Configuration, to new: Configuration,
        adjustable: (BridgeEntry) -> Set<String>,
        sharesAllRooms: (BridgeEntry) -> Bool = { _ in false }
    ) throws(ReloadRefusal) {
        try Self.checkFixedKeys(old, new)
        try BridgeRenaming.check(from: old.bridges, to: new.bridges)
        middleware = ChainDifference(from: old.middleware, to: new.middleware)
        newRooms = new.rooms.filter { !old.rooms.contains($0) }
        closedRooms = old.rooms.filter { !new.rooms.contains($0) }
        let areMore = !newRooms.isEmpty
        let present = Dictionary(old.bridges.map { ($0.name, $0) }) { first, _ in first }
        let wanted = Set(new.bridges.map(\.name))
        bridges =
            new.bridges.map { entry in
                guard let earlier = present[entry.name] else {
                    return BridgeDifference(entry.name, .isNew)
                }
                if earlier.type != entry.type {
                    return BridgeDifference(entry.name, .restarts, keys: ["type"])
                }
                return BridgeDifference(
                    from: earlier, to: entry, adjustable: adjustable(entry),
                    missesRooms: areMore && sharesAllRooms(entry))
            }
            + old.bridges.filter { !wanted.contains($0.name) }
            .map { BridgeDifference($0.name, .isRemoved) }
        var lines: [String] = []
        if new.rooms.filter(old.rooms.contains) != old.rooms.filter(new.rooms.contains)
            || new.rooms.first != old.rooms.first
        {
            lines.append("rooms: another order")
        }
        movesStatus = old.status?.decodedValues != new.status?.decodedValues
        if movesStatus { lines.append(Self.statusLine(old.status, new.status)) }
        let keys = new.log.decodedValues.keysDiffering(from: old.log.decodedValues)
        if !keys.isEmpty { lines.append("log: \(keys.joined(separator: ", ")) changed") }
        otherLines = lines
    }

    private static func statusLine(_ old: StatusOptions?, _ new: StatusOptions?) -> String {
        guard let old else { return "status is new" }
        guard let new else { return "status is removed" }
        let keys = new.decodedValues.keysDiffering(from: old.decodedValues)
        return "status: \(keys.joined(separator: ", ")) changed"
    }

    private static func checkFixedKeys(
        _ old: Configuration, _ new: Configuration
    ) throws(ReloadRefusal) {
        var keys: [String] = []
        if old.name != new.name { keys.append("name") }
        if old.language != new.language { keys.append("language") }
        if old.store?.decodedValues != new.store?.decodedValues { keys.append("store") }
        if old.accounts != new.accounts { keys.append("accounts") }
        if old.isRegistrationOpen != new.isRegistrationOpen { keys.append("registration") }
        if old.control != new.control { keys.append("control") }
        if keys.isEmpty { return }
        let names = keys.joined(separator: ", ")
        throw ReloadRefusal(
            "\(names) changed: \(keys.count == 1 ? "that needs" : "these need") a restart")
    }

    /// Adds what is read or opened anew, although the configuration need not differ.
    mutating func addRenewals(_ lines: [String]) { renewals += lines }

    /// True if the configurations say the same.
    package var isEmpty: Bool {
        !middleware.isExchanged && bridges.allSatisfy(\.isEmpty) && newRooms.isEmpty
            && closedRooms.isEmpty && otherLines.isEmpty
    }

    /// The plan in words: a line for each difference, without values.
    package var lines: [String] {
        newRooms.map { "room \($0.quoted) is new" }
            + closedRooms.map { "room \($0.quoted) is closed" }
            + otherLines + middleware.lines + bridges.map(\.line) + renewals
    }
}
