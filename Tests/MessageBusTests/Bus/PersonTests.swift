import TestSupport
import Testing

@testable import MessageBus

/// People with several connections, and those whose names are accounts.
@Suite(.timeLimit(.minutes(10))) struct PersonTests {
    /// A connection that writes down what it is told.
    private final class Connection: PresenceDelegate {
        var isReachable = true
        var isFull = false
        var told: [String] = []
        func deliver(_ message: Message) { told.append(message.text) }
        func senderChanged(to sender: Sender, isForced: Bool) {
            told.append(isForced ? "must be \(sender.name)" : "is \(sender.name)")
        }
        func disconnect(_ reason: Disconnection) { told.append("\(reason)") }
    }

    private struct Refuse: Middleware {
        func handle(_ message: inout Message) -> Verdict { .drop("no") }
    }

    private static let accounts = [(name: "Ana", password: "secreto1")]

    private static func said(_ bus: isolated Bus, _ room: Int = 0) -> [String] {
        bus.rooms[room].log.messages(from: 0, atMost: 99).map { message in
            let other = message.other?.name ?? message.destination
            return "\(message.kind) \(message.sender.name)" + (other.map { " \($0)" } ?? "")
        }
    }

    private static func whisper(
        _ text: String, from presence: Presence, to person: Person, _ bus: isolated Bus
    ) -> Drop? {
        Array(text.utf8).withUnsafeBytes { bus.whisper($0, from: presence, to: person) }
    }

    /// Returns presences of ana on several bridges, not in yet.
    private static func presences(
        _ connections: [Connection], in room: Room, _ bus: isolated Bus
    ) -> [Presence] {
        guard let account = bus.accounts.account(named: "ana") else { return [] }
        return connections.enumerated().map { index, connection in
            Presence(
                sender: Sender(account, bridge: bus.bridges[index % bus.bridges.count].name),
                room: room, delegate: connection, connection: UInt64(index + 1))
        }
    }

    @Test func `a person enters with the first connection and leaves with the last`() async throws {
        let test = try TestBus(accounts: FakeAccounts(Self.accounts))
        _ = await test.port("chat")
        _ = await test.port("web")
        let (people, said, bridges) = await test.bus.perform { bus in
            let (connections, room) = ((0..<3).map { _ in Connection() }, bus.rooms[0])
            let presences = Self.presences(connections, in: room, bus)
            for (index, presence) in presences.enumerated() {
                #expect(bus.enter(presence, by: bus.bridges[index % 2]) == nil)
            }
            let bridges = bus.person("ana")?.bridges(in: room)
            var people = [room.population]
            for presence in presences {
                bus.leave(presence)
                people.append(room.population)
                bus.leave(presence)
            }
            return (people, Self.said(bus), bridges)
        }
        #expect(people == [1, 1, 1, 0])
        #expect(said == ["join Ana", "leave Ana"])
        #expect(bridges == ["chat", "web"])
    }

    @Test func `a person is in each room where a connection is`() async throws {
        let test = try TestBus(rooms: ["a", "b"], accounts: FakeAccounts(Self.accounts))
        _ = await test.port("chat", room: "a")
        let (rooms, people) = await test.bus.perform { bus in
            let connections = (0..<2).map { _ in Connection() }
            let (one, two) = (bus.rooms[0], bus.rooms[1])
            let presences = Self.presences(connections, in: one, bus)
            for presence in presences { _ = bus.enter(presence, by: bus.bridges[0]) }
            var people: [[Int]] = []
            for (index, room) in [(0, two), (1, two), (0, one), (0, two)] {
                #expect(bus.move(presences[index], to: room) == nil)
                people.append([one.population, two.population])
            }
            _ = bus.move(presences[1], to: one)
            for presence in presences { bus.leave(presence) }
            return ([Self.said(bus, 0), Self.said(bus, 1)], people)
        }
        #expect(people == [[1, 1], [0, 1], [1, 1], [0, 1]])
        // Nobody reads that she comes while she is there, nor that she has left the chat while she
        // is in another room.
        #expect(
            rooms == [
                ["join Ana", "leave Ana b", "join Ana", "leave Ana b", "join Ana", "leave Ana"],
                ["join Ana", "leave Ana"],
            ])
    }

    /// Returns presences of one session without account in each room, not in yet.
    private static func session(
        _ name: String, _ connection: Connection, identity: UInt64 = 1, _ bus: isolated Bus
    ) -> [Presence] {
        bus.rooms.map { room in
            Presence(
                sender: Sender(name: name, key: name, bridge: "web", identity: identity),
                room: room, delegate: connection)
        }
    }

    @Test func `a session without account may be in several rooms`() async throws {
        let test = try TestBus(rooms: ["a", "b", "c"])
        _ = await test.port("web", room: "a")
        let (rooms, told, people) = await test.bus.perform { bus in
            let (connection, other) = (Connection(), Connection())
            let presences = Self.session("eva", connection, bus)
            for presence in presences { #expect(bus.enter(presence, by: bus.bridges[0]) == nil) }
            // Neither again, nor another session, nor another person of the same bridge.
            for presence in Self.session("eva", connection, bus)
                + Self.session("eva", other, bus)
                + Self.session("eva", connection, identity: 2, bus)
            {
                #expect(bus.enter(presence, by: bus.bridges[0]) != nil)
            }
            let bob = Self.session("bob", other, identity: 3, bus)[0]
            _ = bus.enter(bob, by: bus.bridges[0])
            let people = [bus.rooms.map(\.population), [bus.people(in: bus.rooms[1]).count]]
            bus.leave(presences[2])
            let sender = Sender(name: "ida", key: "ida", bridge: "web", identity: 1)
            #expect(bus.rename(presences[0], to: sender) == nil)
            #expect(presences[1].sender.name == "ida" && presences[1].sender.identity == 1)
            if let ida = bus.person("ida") {
                #expect(Self.whisper("psst", from: bob, to: ida, bus) == nil)
            }
            bus.leave([presences[0], presences[1]])
            #expect(bus.person("ida") == nil && bus.person("eva") == nil)
            return ((0..<3).map { Self.said(bus, $0) }, connection.told, people)
        }
        #expect(people == [[2, 1, 1], [1]])
        #expect(
            rooms == [
                ["join eva", "join bob", "rename eva ida", "leave ida"],
                ["join eva", "rename eva ida", "leave ida"], ["join eva", "leave eva"],
            ])
        #expect(told == ["is ida", "psst"])
    }

    @Test func `a session that logs in goes over with all its rooms`() async throws {
        let test = try TestBus(rooms: ["a", "b"], accounts: FakeAccounts(Self.accounts))
        _ = await test.port("web", room: "a")
        for isOwnerIn in [false, true] {
            let rooms = await test.bus.perform { bus in
                let before = (0..<2).map { Self.said(bus, $0).count }
                let (connection, other) = (Connection(), Connection())
                guard let account = bus.accounts.account(named: "ana") else { return [[String]]() }
                let own = Self.presences([other], in: bus.rooms[0], bus)
                if isOwnerIn { for presence in own { _ = bus.enter(presence, by: bus.bridges[0]) } }
                let presences = Self.session("eva", connection, bus)
                for presence in presences { _ = bus.enter(presence, by: bus.bridges[0]) }
                #expect(bus.logIn(presences[0], to: account) == nil)
                #expect(presences.allSatisfy { $0.person === bus.person("ana") })
                #expect(presences.allSatisfy { $0.sender.account == account.id })
                #expect(bus.person("eva") == nil)
                bus.leave(presences + (isOwnerIn ? own : []))
                #expect(bus.person("ana") == nil)
                return (0..<2).map { Array(Self.said(bus, $0).dropFirst(before[$0])) }
            }
            #expect(
                rooms
                    == (isOwnerIn
                        ? [
                            ["join Ana", "join eva", "leave eva", "leave Ana"],
                            ["join eva", "leave eva", "join Ana", "leave Ana"],
                        ]
                        : [
                            ["join eva", "rename eva Ana", "leave Ana"],
                            ["join eva", "rename eva Ana", "leave Ana"],
                        ]))
        }
    }

    @Test func `a private message comes once on each connection that keeps up`() async throws {
        let accounts = FakeAccounts(Self.accounts)
        let test = try TestBus(accounts: accounts)
        _ = await test.port("chat")
        let told = await test.bus.perform { bus in
            let connections = (0..<4).map { _ in Connection() }
            let presences = Self.presences(Array(connections.prefix(3)), in: bus.rooms[0], bus)
            let bob = Presence(
                sender: Sender(name: "bob", key: "bob", bridge: "chat", identity: 1),
                room: bus.rooms[0], delegate: connections[3])
            for presence in presences + [bob] { _ = bus.enter(presence, by: bus.bridges[0]) }
            connections[1].isFull = true
            guard let ana = bus.person("ana"), let he = bob.person else { return [[String]]() }
            #expect(!ana.isFull && ana.isReachable)
            #expect(Self.whisper("a ella", from: bob, to: ana, bus) == nil)
            #expect(Self.whisper("de ella", from: presences[0], to: he, bus) == nil)
            #expect(Self.whisper("a sí misma", from: presences[1], to: ana, bus) == nil)
            for connection in connections { connection.isFull = true }
            #expect(ana.isFull)
            defer { for presence in presences + [bob] { bus.leave(presence) } }
            return connections.map(\.told)
        }
        #expect(
            told == [
                ["a ella", "de ella", "a sí misma"], ["a sí misma"],
                ["a ella", "de ella", "a sí misma"], ["a ella", "de ella"],
            ])
        #expect(accounts.storedTexts == ["a ella", "de ella", "a sí misma"])
    }

    @Test func `a registered name is its owner's alone`() async throws {
        let test = try TestBus(accounts: FakeAccounts(Self.accounts))
        _ = await test.port("chat", senderFormat: "{name}")
        let refusals = await test.bus.perform { bus in
            let (connection, room) = (Connection(), bus.rooms[0])
            func presence(_ name: String, account: Int64? = nil) -> Presence {
                Presence(
                    sender: Sender(
                        name: name, key: name.lowercased(), bridge: "chat", identity: 1,
                        account: account.map { AccountID(rawValue: $0) }),
                    room: room, delegate: connection)
            }
            let bob = presence("bob")
            let refusals = [
                bus.enter(presence("ana"), by: bus.bridges[0]),
                bus.enter(presence("ANA", account: 7), by: bus.bridges[0]),
                bus.enter(bob, by: bus.bridges[0]),
                bus.rename(bob, to: presence("ANA").sender),
                bus.enter(presence("ana", account: 1), by: bus.bridges[0]),
            ]
            #expect(bus.bridges[0].presences.isEmpty)
            return refusals
        }
        #expect(refusals == [.registered, .registered, nil, .registered, nil])
    }

    @Test func `a bridge does not present anybody by a registered name`() async throws {
        let test = try TestBus(accounts: FakeAccounts(Self.accounts))
        let port = await test.port("stdio", senderFormat: "{name}")
        #expect(await !port.present(as: "ana"))
        #expect(await port.present(as: "bob"))
    }

    @Test func `a spelling is changed on all connections at once`() async throws {
        let test = try TestBus(rooms: ["a", "b"], accounts: FakeAccounts(Self.accounts))
        _ = await test.port("chat", room: "a")
        let (told, rooms) = await test.bus.perform { bus in
            let connections = (0..<3).map { _ in Connection() }
            let presences = Self.presences(connections, in: bus.rooms[0], bus)
            for presence in presences.prefix(2) { _ = bus.enter(presence, by: bus.bridges[0]) }
            _ = bus.move(presences[1], to: bus.rooms[1])
            let sender = Sender(
                name: "ANA", key: "ana", bridge: "chat", identity: 1,
                account: presences[0].sender.account)
            #expect(bus.rename(presences[0], to: sender) == nil)
            // Who comes later has it too.
            _ = bus.enter(presences[2], by: bus.bridges[0])
            #expect(presences.map(\.sender.name) == ["ANA", "ANA", "ANA"])
            #expect(Set(presences.map(\.sender.identity)).count == 1)
            defer { for presence in presences { bus.leave(presence) } }
            return (connections.map(\.told), [Self.said(bus, 0), Self.said(bus, 1)])
        }
        #expect(told == [["is ANA"], ["is ANA"], []])
        #expect(rooms == [["join Ana", "rename Ana ANA"], ["join Ana", "rename Ana ANA"]])
    }

    // MARK: - Login

    @Test func `who logs in changes names, or joins whoever is in already`() async throws {
        let test = try TestBus(accounts: FakeAccounts(Self.accounts))
        _ = await test.port("chat")
        let (said, told, people) = await test.bus.perform { bus in
            let connections = (0..<2).map { _ in Connection() }
            let presences = ["bob", "eva"].enumerated().map { index, name in
                Presence(
                    sender: Sender(
                        name: name, key: name, bridge: "chat", identity: UInt64(index)),
                    room: bus.rooms[0], delegate: connections[index])
            }
            for presence in presences { _ = bus.enter(presence, by: bus.bridges[0]) }
            guard let account = bus.accounts.account(named: "ana") else {
                return ([String](), [[String]](), [String]())
            }
            for presence in presences {
                #expect(bus.freeName(of: account, for: presence) == nil)
                #expect(bus.logIn(presence, to: account) == nil)
                #expect(presence.sender.account == account.id)
            }
            // Once more, which changes nothing.
            #expect(bus.logIn(presences[0], to: account) == nil)
            let people = bus.people(in: bus.rooms[0]).map {
                "\($0.sender.name) \($0.presences.count)"
            }
            for presence in presences { bus.leave(presence) }
            return (Self.said(bus), connections.map(\.told), people)
        }
        #expect(
            said == ["join bob", "join eva", "rename bob Ana", "leave eva", "leave Ana"])
        #expect(told.map(\.last) == ["is Ana", "is Ana"])
        #expect(people == ["Ana 2"])
    }

    @Test func `a middleware that refuses the new name refuses the login`() async throws {
        let test = try TestBus(accounts: FakeAccounts(Self.accounts))
        let chain = Chain([
            Chain.Step(label: "test", condition: Condition(kinds: [.rename]), middleware: Refuse())
        ])
        let attachment = BridgeAttachment(name: "chat", room: "general", chain: chain)
        await test.bus.attach(attachment)
        let (refusal, name) = await test.bus.perform {
            (bus: isolated Bus) -> (NameRefusal?, String) in
            let connection = Connection()
            let bob = Presence(
                sender: Sender(name: "bob", key: "bob", bridge: "chat", identity: 1),
                room: bus.rooms[0], delegate: connection)
            _ = bus.enter(bob, by: bus.bridges[0])
            defer { bus.leave(bob) }
            guard let account = bus.accounts.account(named: "ana") else { return (nil, "") }
            let refusal = bus.logIn(bob, to: account)
            return (refusal, bob.person?.account == nil ? bob.sender.name : "")
        }
        #expect(refusal == .dropped(Drop(code: "dropped", reason: "no")))
        #expect(name == "bob")
    }

    @Test func `who has the name of a new account gives it up, and is told`() async throws {
        let accounts = FakeAccounts()
        let test = try TestBus(accounts: accounts)
        _ = await test.port("chat")
        let connections = await test.bus.perform { bus in
            let connections = HeldConnections()
            for (index, name) in ["ana", "ana~", "eva"].enumerated() {
                let presence = Presence(
                    sender: Sender(name: name, key: name, bridge: "chat", identity: UInt64(index)),
                    room: bus.rooms[0], delegate: connections.all[index])
                _ = bus.enter(presence, by: bus.bridges[0])
            }
            return connections
        }
        accounts.add("Ana", password: "secreto1")
        await test.settle()
        accounts.add("luz", password: "secreto1")
        await test.settle()
        let (names, said, told) = await test.bus.perform { bus in
            (
                bus.people(in: bus.rooms[0]).map(\.sender.name), Self.said(bus),
                connections.all.map(\.told)
            )
        }
        #expect(names == ["ana~", "ana~2~", "eva"])
        #expect(said.last == "rename ana ana~2~")
        #expect(told == [["must be ana~2~"], [], []])
    }

    private final class HeldConnections: @unchecked Sendable {  // touched on the bus's loop only
        let all = (0..<3).map { _ in Connection() }
    }

    @Test func `an account's new name, password and end are told to its connections`()
        async throws
    {
        let accounts = FakeAccounts(Self.accounts)
        let test = try TestBus(accounts: accounts)
        _ = await test.port("chat")
        let connections = await test.bus.perform { bus in
            let connections = HeldConnections()
            for presence in Self.presences(connections.all, in: bus.rooms[0], bus) {
                _ = bus.enter(presence, by: bus.bridges[0])
            }
            return connections
        }
        accounts.rename("ana", to: "Eva")
        accounts.setPassword(of: "eva", to: "otro1234")
        accounts.remove("eva")
        await test.settle()
        let (told, said) = await test.bus.perform { bus in
            (connections.all.map(\.told), Self.said(bus))
        }
        #expect(
            told
                == Array(repeating: ["must be Eva", "passwordChanged", "accountRemoved"], count: 3))
        #expect(said == ["join Ana", "rename Ana Eva"])
    }
}
