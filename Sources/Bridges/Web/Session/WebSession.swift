import Chat
import MessageBus
import Sockets

/// The person behind a browser's session: all its pages together, in several rooms at once.
///
/// Confined to the bus's loop.
final class WebSession: @unchecked Sendable {  // touched on the loop only
    /// The way in which a page has gone.
    enum PageEnd {
        /// Its connection broke, or was closed: it may come back for 20 s.
        case none
        /// It said `bye`, and may be back soon: a page that is hidden may be loading anew.
        case soon
        /// It said `bye` for good.
        case final
    }

    let id: SessionID
    private unowned let server: WebServer
    /// The number of the person, for somebody without an account.
    private let identity: UInt64
    /// The number that all pages together have as a connection, so that a change which ends an
    /// account's other connections leaves them alone.
    let connection: UInt64
    private(set) var clients: [WebClient] = []
    /// The name, with the account if there is one; `nil` before there is a name.
    private(set) var sender: Sender?
    /// True once it is known whether the session is logged in.
    var isAccountKnown = false
    private var presences: [Presence] = []
    /// The address by which bans are looked up: that of the page that came last.
    private(set) var address: ClientAddress?
    /// The allowance of changes of name or room, of somebody who is not logged in.
    private var commands = CommandBucket()
    private lazy var departure = LoopTimer { [unowned self] in
        self.server.port.bus.assumeIsolated { self.depart($0) }
    }

    /// The time for which somebody whose last page has gone stays in the rooms.
    private static let absence: Duration = .seconds(20)
    /// That time after the `bye` of a page that may be reloading.
    private static let shortAbsence: Duration = .seconds(3)

    /// Makes a session of nobody yet.
    init(_ id: SessionID, of server: WebServer, from address: ClientAddress, _ bus: isolated Bus) {
        self.id = id
        self.server = server
        self.address = address
        identity = bus.nextIdentity()
        connection = UInt64(bus.nextConnectionID())
    }

    private var attachment: BridgeAttachment { server.port.attachment }
    /// The account that it is logged in to.
    var account: AccountID? { sender?.account }
    /// Any presence, of somebody who is in a room.
    var presence: Presence? { presences.first }
    /// The person; `nil` in no room.
    var person: Person? { presences.first?.person }

    /// Returns the presence in a room.
    func presence(in room: Room) -> Presence? { presences.first { $0.room === room } }

    // MARK: - Pages

    /// Adds a page.
    func add(_ client: WebClient) {
        server.loop.assertOwned()
        departure.cancel()
        address = client.address
        clients.append(client)
    }

    /// Removes a page that has gone; with the last, the person leaves soon.
    func remove(_ client: WebClient, _ pageEnd: PageEnd, _ bus: isolated Bus) {
        clients.removeAll { $0 === client }
        guard clients.isEmpty else { return }
        switch pageEnd {
        case .final: depart(bus)
        case .soon: server.loop.set(departure, after: Self.shortAbsence)
        case .none: server.loop.set(departure, after: Self.absence)
        }
    }

    /// Leaves all rooms; the session is forgotten.
    func depart(_ bus: isolated Bus) {
        departure.cancel()
        leaveAll(bus)
        server.sessions.remove(self)
    }

    private func leaveAll(_ bus: isolated Bus) {
        let left = presences
        presences = []
        bus.leave(left)
    }

    /// Counts a change of name or room, and returns whether it is allowed.
    func spendCommand(_ bus: isolated Bus) -> CommandBucket.Decision {
        let now = server.loop.now
        if account != nil, let person { return person.commands.spend(at: now, server.commandRule) }
        return commands.spend(at: now, server.commandRule)
    }

    // MARK: - Rooms

    /// Enters a room, by the session's name or a new one; returns the refusal, if there is one.
    func enter(_ room: Room, as name: Sender? = nil, _ bus: isolated Bus) -> NameRefusal? {
        guard let sender = name ?? sender else { return nil }
        if presence(in: room) != nil { return nil }
        let presence = Presence(
            sender: sender, room: room, delegate: self,
            hasNotices: server.port.direction != .out && !bus.isRelay(sender),
            connection: connection)
        let before = presences
        if let refusal = bus.enter(presence, by: attachment, before: { presences.append(presence) })
        {
            presences = before
            return refusal
        }
        self.sender = presence.sender
        return nil
    }

    /// Adopts a name where nobody enters a room.
    func setWithoutEntering(_ sender: Sender) { self.sender = sender }

    /// Goes out of a room.
    func leave(_ room: Room, _ bus: isolated Bus) {
        guard let presence = presence(in: room) else { return }
        presences.removeAll { $0 === presence }
        bus.leave([presence])
    }

    /// Moves from a room that is closed to another one, without telling anybody.
    func leaveClosedRoom(_ closed: Room, for room: Room, _ bus: isolated Bus) {
        guard let presence = presence(in: closed) else { return }
        if self.presence(in: room) == nil { return bus.transfer(presence, to: room) }
        presences.removeAll { $0 === presence }
        bus.withdraw(presence)
    }

    /// The role of the account.
    func role(_ bus: isolated Bus) -> Role? { sender.flatMap { role(of: $0, bus) } }

    private func role(of sender: Sender, _ bus: isolated Bus) -> Role? {
        sender.account.flatMap { bus.accounts.account($0)?.role }
    }

    /// Holds a message back on the person's pages until it can no longer be lost: to its author,
    /// its appearance means that it was said.
    func holdBack(_ number: MessageNumber, in room: WebRoom) {
        if server.isKept(number) { return }
        guard let form = room.form(.webSocketFrame) else { return }
        let streams = clients.map(\.stream).filter { $0.reads(room.room) }
        for stream in streams { stream.hold(form) }
        server.whenKept(number) { for stream in streams { stream.release(form) } }
    }

    // MARK: - Names

    /// Returns the sender that a name makes, for somebody who is not logged in.
    func sender(_ name: Name) -> Sender {
        Sender(
            name: name.text, key: name.key, bridge: attachment.name, identity: identity,
            account: account)
    }

    /// Takes another name, or another spelling; returns the refusal, if there is one.
    func rename(to name: Name, _ bus: isolated Bus) -> NameRefusal? {
        let sender = sender(name)
        guard let presence else {
            self.sender = sender
            return nil
        }
        return bus.rename(presence, to: sender)
    }

    /// Becomes the owner of an account, in all rooms where the person is; returns the refusal, if
    /// there is one.
    func logIn(to account: Account, _ bus: isolated Bus) -> NameRefusal? {
        isAccountKnown = true
        _ = bus.freeName(of: account, for: presence)
        guard let presence else {
            sender = Sender(account, bridge: attachment.name)
            return nil
        }
        return bus.logIn(presence, to: account)
    }

    /// Forgets the account: the person leaves, the pages stay.
    func logOut(_ bus: isolated Bus) {
        leaveAll(bus)
        sender = nil
    }
}

extension WebSession: PresenceDelegate {
    /// True if the bridge shows clients anything but answers.
    var isReachable: Bool { server.port.direction != .in }

    /// True if none of the pages reads what it is sent.
    var isFull: Bool { !clients.isEmpty && clients.allSatisfy(\.stream.isFull) }

    /// Shows a private message on all pages.
    func deliver(_ message: Message) {
        server.loop.assertOwned()
        guard isReachable else { return }
        let frame = server.frame(ofPrivate: message)
        if frame.isEmpty { return }
        for client in clients {
            server.port.statistics.deliveries += 1
            client.stream.send(frame)
        }
        // Private messages of accounts are in the store.
        guard account == nil else { return }
        let time = server.port.bus.settings.clock.wall()
        server.sessions.recentPrivateMessages.record(
            frame, numbered: message.number, for: id, at: time)
    }

    /// Adopts the new name of the person.
    func senderChanged(to sender: Sender, isForced: Bool) {
        self.sender = sender
        guard isForced else { return }
        for client in clients { client.tellName() }
    }

    /// Sends the person away, on all pages.
    func disconnect(_ reason: Disconnection) {
        server.port.bus.assumeIsolated { bus in
            for client in clients { client.sendAway(reason) }
            clients = []
            depart(bus)
        }
    }
}
