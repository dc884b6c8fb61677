import MessageBus

/// Bridges that are exchanged together, because one wants what another has: an address, a file, a
/// bot.
struct ExchangeGroup: Sendable {
    /// Bridges that run and are stopped first.
    var old: [RunningBridge] = []
    /// Bridges that are started then.
    var new: [EntryMaker.MadeBridge] = []

    /// Returns the groups in which a plan's bridges are exchanged, those that change first.
    ///
    /// Bridges that are only removed are in none of them.
    static func groups(
        _ plan: ReloadPlan, _ made: MadeConfiguration, running: [String: RunningBridge]
    ) -> [ExchangeGroup] {
        let wanted = Dictionary(made.bridges.map { ($0.entry.name, $0) }) { first, _ in first }
        var rest = plan.bridges.filter { $0.kind != .stays }.map { difference in
            Member(
                old: difference.kind == .isNew ? nil : running[difference.name],
                new: difference.kind == .isRemoved ? nil : wanted[difference.name])
        }
        var groups: [ExchangeGroup] = []
        while !rest.isEmpty {
            var members = [rest.removeFirst()]
            var index = 0
            // A bridge that belongs to one of these groups belongs to all of them.
            while index < members.count {
                let member = members[index]
                members += rest.filter { member.belongs(with: $0) }
                rest.removeAll { member.belongs(with: $0) }
                index += 1
            }
            let group = ExchangeGroup(
                old: members.compactMap(\.old), new: members.compactMap(\.new))
            if !group.new.isEmpty { groups.append(group) }
        }
        return groups.filter { !$0.old.isEmpty } + groups.filter(\.old.isEmpty)
    }

    /// One bridge, before and after.
    private struct Member {
        let old: RunningBridge?
        let new: EntryMaker.MadeBridge?

        var isSibling: Bool {
            (old?.supervised.bridge ?? new?.bridge) is any SiblingBridge
        }

        var type: String? { (old?.entry ?? new?.entry)?.type }

        func belongs(with other: Member) -> Bool {
            if Self.wants(new, of: other.old) || Self.wants(other.new, of: old) { return true }
            guard type == other.type else { return false }
            // One that is removed may be the other under another name.
            return isSibling
                || (old == nil) != (other.old == nil) && (new == nil) != (other.new == nil)
        }

        private static func wants(_ new: EntryMaker.MadeBridge?, of old: RunningBridge?) -> Bool {
            guard let new, let old else { return false }
            return !new.entry.claims.isDisjoint(with: old.entry.claims)
        }
    }
}
