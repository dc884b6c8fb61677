/// A person who is on the bus: no two have the same name.
///
/// Somebody who is logged in may be here by any number of connections, on several bridges and in
/// several rooms: the person enters with the first and leaves with the last. Others have one
/// connection, or one session, with a presence in each room that it reads. Confined to the bus's
/// loop.
package final class Person {
    /// The presences of a person that have room and bridge in common.
    private struct PresenceGroup {
        let room: Room
        let bridge: String
        var presences = 0
        /// Those of whose joins and leaves the room gets notices.
        var withNotices = 0
    }

    /// The present name; the bridge is that of the first presence.
    package internal(set) var sender: Sender
    /// The account that the person is logged in to.
    package internal(set) var account: Account?
    /// The first number that no message had when the person took the name.
    ///
    /// It tells a person without an account from an earlier one of the same name.
    package internal(set) var firstNumber: MessageNumber
    /// The allowance of commands of all connections together, for somebody who is logged in.
    package var commands = CommandBucket()
    /// The connections, in no order.
    package private(set) var presences: [Presence] = []
    private var groups: [PresenceGroup] = []

    init(sender: Sender, account: Account?, firstNumber: MessageNumber) {
        self.sender = sender
        self.account = account
        self.firstNumber = firstNumber
    }

    /// True if private messages reach the person.
    package var isReachable: Bool { presences.contains { $0.delegate.isReachable } }

    /// True if more private messages wait than should, wherever the person could read them.
    package var isFull: Bool {
        presences.allSatisfy { $0.delegate.isFull || !$0.delegate.isReachable }
    }

    /// Returns true if the person is in a room.
    package func isIn(_ room: Room) -> Bool { groups.contains { $0.room === room } }

    /// Returns the names of the bridges on which the person is in a room.
    package func bridges(in room: Room) -> [String] {
        groups.lazy.filter { $0.room === room }.map(\.bridge)
    }

    /// Returns true if the person is, in whichever room, on a bridge whose name meets a condition.
    package func isOnBridge(where isMeant: (String) -> Bool) -> Bool {
        groups.contains { isMeant($0.bridge) }
    }

    /// One presence for each connection: one that reads several rooms has as many presences.
    var onePerDelegate: [Presence] {
        if presences.count < 2 { return presences }
        var seen: Set<ObjectIdentifier> = []
        return presences.filter { seen.insert(ObjectIdentifier($0.delegate)).inserted }
    }

    /// The rooms that were told of the person's join.
    var roomsWithNotices: [Room] {
        groups.reduce(into: []) { rooms, group in
            if group.withNotices > 0, !rooms.contains(where: { $0 === group.room }) {
                rooms.append(group.room)
            }
        }
    }

    func hasNotices(in room: Room) -> Bool {
        groups.contains { $0.room === room && $0.withNotices > 0 }
    }

    /// Returns the sender of what a logged-in person says on a bridge; `nil` without an account.
    func sender(on bridge: String) -> Sender? {
        account.map { Sender($0, named: sender.name, bridge: bridge) }
    }

    /// Returns the sender of what is said by a further presence; `nil` if it is somebody else's.
    func sender(of presence: Presence) -> Sender? {
        if let id = presence.sender.account, account?.id == id {
            return sender(on: presence.sender.bridge) ?? presence.sender
        }
        let others = presences.lazy.filter { $0.delegate === presence.delegate }
        guard let other = others.first, other.sender.identity == presence.sender.identity,
            other.sender.bridge == presence.sender.bridge,
            !others.contains(where: { $0.room === presence.room })
        else { return nil }
        return other.sender
    }

    // MARK: - Coming and going

    func attach(_ presence: Presence) {
        presence.room.owner.assertOwned()
        presence.person = self
        presence.index = presences.count
        presences.append(presence)
        let group = index(of: presence)
        groups[group].presences += 1
        if presence.hasNotices { groups[group].withNotices += 1 }
    }

    func detach(_ presence: Presence) {
        presence.room.owner.assertOwned()
        guard presence.person === self else { return }
        presence.person = nil
        // The last presence moves into the free place.
        presences.swapAt(presence.index, presences.count - 1)
        presences[presence.index].index = presence.index
        presences.removeLast()
        let group = index(of: presence)
        groups[group].presences -= 1
        if presence.hasNotices { groups[group].withNotices -= 1 }
        guard groups[group].presences == 0 else { return }
        groups.remove(at: group)
        if !isIn(presence.room) { presence.room.population -= 1 }
    }

    /// Returns the index of a presence's group, which is added if it is new.
    private func index(of presence: Presence) -> Int {
        let (room, bridge) = (presence.room, presence.sender.bridge)
        let known = groups.firstIndex { $0.room === room && $0.bridge == bridge }
        if let known { return known }
        if !isIn(room) { room.population += 1 }
        groups.append(PresenceGroup(room: room, bridge: bridge))
        return groups.count - 1
    }

    // MARK: - Names

    /// Gives all presences the name of a sender, and the account's identity if there is one.
    ///
    /// - Parameter isForced: whether the person had to give up the name before.
    func setName(of name: Sender, isForced: Bool = false) {
        presences.first?.room.owner.assertOwned()
        var senders: [String: Sender] = [:]
        for presence in presences {
            let bridge = presence.sender.bridge
            let sender =
                senders[bridge]
                ?? account.map { Sender($0, named: name.name, bridge: bridge) }
                ?? Sender(
                    name: name.name, key: name.key, bridge: bridge,
                    identity: presence.sender.identity)
            senders[bridge] = sender
            presence.sender = sender
        }
        if let first = presences.first { sender = first.sender }
        for presence in onePerDelegate {
            presence.delegate.senderChanged(to: presence.sender, isForced: isForced)
        }
    }
}
