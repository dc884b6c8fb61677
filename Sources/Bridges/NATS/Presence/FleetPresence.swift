import Chat
import Locking
import MessageBus
import Sockets

/// The presence of people on all instances.
///
/// It tells the other instances who is on this one, tells the rooms who is on the others, and
/// passes private messages on.
///
/// Owned by `FleetRun`, which runs its tasks. Safe from any thread; the tasks change the peers one
/// after the other, under `lock`.
final class FleetPresence: Sendable {
    /// The people known at the moment.
    struct State {
        var own: OwnPeople
        var peers: [String: FleetPeer] = [:]
        /// The last time at which nobody could be heard.
        var deafAt = MonotonicTime.distantPast
        /// A sentence about the other instance that keeps this one from sharing anything.
        var clash: String?
        /// Runs that have this instance's name or store and began earlier, with the time at which
        /// each was heard first.
        var suspects: [String: MonotonicTime] = [:]
        /// Lines about instances that come and go.
        var lines = LogAllowance(burst: 20)
        /// Lines about instances for which there is no room.
        var refusals = LogAllowance()
        /// Private messages on their way to people of others.
        var privateMessages = PendingPrivateMessages()
    }

    let fleet: Fleet
    let channel: LiveChannel
    /// Returns whether the others can be heard.
    let isConnected: @Sendable () -> Bool
    /// False if instances only tell each other that they are there.
    let isShared: Bool
    private let run: String
    private let since: Timestamp
    let state: Locked<State>
    private let lock = AsyncLock()
    /// Signalled when another instance has this one's name or store.
    let clashed = AsyncSignal()

    /// The time between two signs of life.
    static let helloInterval: Duration = .seconds(5)
    /// The time without signs of life after which an instance is gone.
    static let silenceTimeout: Duration = .seconds(20)
    /// The time that must pass between two signs of life before a run counts as alive.
    static let minHelloSpan: Duration = .seconds(4)
    /// Runs with this instance's name or store that are remembered.
    private static let maxSuspects = 16
    /// The time between two checks of who is here.
    private static let checkInterval = Duration.milliseconds(250)

    /// Makes the presence of this instance.
    ///
    /// - Parameters:
    ///   - isShared: false if instances only tell each other that they are there.
    ///   - since: the start of this run.
    ///   - isConnected: returns whether the others can be heard.
    init(
        _ fleet: Fleet, _ channel: LiveChannel, isShared: Bool, since: Timestamp,
        isConnected: @escaping @Sendable () -> Bool
    ) {
        self.fleet = fleet
        self.channel = channel
        self.isShared = isShared
        self.since = since
        self.isConnected = isConnected
        var random = SystemRandomNumberGenerator()
        run = String(UInt64.random(in: .min ... .max, using: &random), radix: 36)
        state = Locked(State(own: OwnPeople(fleet.rooms)))
    }

    /// The other instances, by their stores.
    var peers: [String: FleetPeer] { state.withLock { $0.peers } }
    /// The sentence that another instance has this one's name or store; `nil` if none has.
    var clash: String? { state.withLock { $0.clash } }

    /// Says that this instance is there.
    func sayHello(asks: Bool = false) {
        let version = state.withLock { $0.own.version }
        channel.send(
            .hello(
                .init(
                    name: fleet.instance, run: run, since: since, version: version, asks: asks)))
    }

    // MARK: - Tasks

    /// Tells the others who is here until the task is cancelled.
    func sharePeople() async throws {
        var (seen, next): (UInt64?, MonotonicTime) = (nil, .distantPast)
        while true {
            if isShared,
                let found = await fleet.port.people(in: Set(fleet.rooms.all), since: seen)
            {
                seen = found.changes
                if let change = state.withLock({ $0.own.update(found.people) }) {
                    channel.send(.change(change))
                }
            }
            if !isConnected() { state.withLock { $0.deafAt = fleet.clock.monotonic() } }
            if fleet.clock.monotonic() >= next {
                next = fleet.clock.monotonic() + Self.helloInterval
                sayHello()
                await lock.run { await removeSilent() }
            }
            await tellLatePrivateMessages()
            tellLines()
            try await fleet.time.sleep(Self.checkInterval)
        }
    }

    /// Receives messages of the others until the channel ends.
    func receiveMessages() async {
        while true {
            let next = await channel.incoming.next()
            if next.isEmpty { return }
            for incoming in next {
                await lock.run { await receive(incoming.message, from: incoming.store) }
            }
        }
    }

    // MARK: - Hearing

    private func receive(_ message: LiveMessage, from store: String) async {
        if case .hello(let hello) = message { return await receive(hello, from: store) }
        guard isShared, store != fleet.store, let peer = state.withLock({ $0.peers[store] }) else {
            return
        }
        switch message {
        case .hello: break
        case .ask:
            for part in state.withLock({ $0.own.parts }) { channel.send(.people(part), to: store) }
        case .change(let change): await receive(change, from: store, peer)
        case .people(let people): await receive(people, from: store, peer)
        case .whisper(let whisper): await receive(whisper, from: store, peer)
        case .receipt(let receipt): await receive(receipt, from: store)
        case .bye: await remove(store, peer, isTold: false)
        }
    }

    private func receive(_ hello: LiveMessage.Hello, from store: String) async {
        if store == fleet.store, hello.run == run { return }
        if store == fleet.store || hello.name == fleet.instance {
            // Of two instances, the one that began later gives way; if both began at once, the
            // order of their stores decides.
            let isOursLater = (hello.since, store, hello.run) < (since, fleet.store, run)
            if isOursLater, isAlive(hello, store) { recordClash(with: hello, store) }
            sayHello()
            return
        }
        let known = state.withLock { $0.peers[store] }
        var peer =
            known
            ?? FleetPeer(name: hello.name, run: hello.run, since: hello.since, heard: .distantPast)
        if peer.run != hello.run || peer.name != hello.name {
            // A new run has a list of people of its own, which is asked for.
            if peer.name != hello.name { await remove(store, peer, isTold: false) }
            (peer.name, peer.run, peer.since, peer.version) = (
                hello.name, hello.run, hello.since, -1
            )
            if peer.people.isEmpty { peer.parts = [:] }
        }
        peer.heard = fleet.clock.monotonic()
        if known == nil {
            guard makeRoom(for: peer) else { return }
            log("instance \(peer.name) is there, its store \(store)")
        }
        let wasGone = peer.isGone
        peer.isGone = false
        let present = peer
        state.withLock { $0.peers[store] = present }
        if hello.asks { sayHello() }
        if wasGone { log("instance \(peer.name) is there again") }
        if isShared, hello.version != peer.version { channel.send(.ask, to: store) }
    }

    /// Returns whether a run was heard twice, some seconds apart.
    ///
    /// Once is not a sign of life: after a standstill, a broker may deliver a message of a run that
    /// has ended.
    private func isAlive(_ hello: LiveMessage.Hello, _ store: String) -> Bool {
        let (now, key) = (fleet.clock.monotonic(), "\(store) \(hello.run)")
        return state.withLock { state in
            state.suspects = state.suspects.filter { now - $0.value < Self.silenceTimeout }
            guard let first = state.suspects[key] else {
                if state.suspects.count < Self.maxSuspects { state.suspects[key] = now }
                return false
            }
            return now - first >= Self.minHelloSpan
        }
    }

    /// True if another instance may have this one's name or store: that takes some seconds to know.
    var isSuspicious: Bool { state.withLock { !$0.suspects.isEmpty } }

    private func recordClash(with hello: LiveMessage.Hello, _ store: String) {
        let sentence =
            store == fleet.store
            ? """
            another living instance has a copy of this store (\(store)): give one of them a store \
            of its own
            """
            : """
            another living instance is called \(hello.name) (its store is \(store)): give this one \
            another "name"
            """
        state.withLock { $0.clash = sentence }
        clashed.send()
    }

    private func receive(
        _ change: LiveMessage.Change, from store: String, _ known: FleetPeer
    ) async {
        var peer = known
        guard change.version == peer.version + 1 else {
            channel.send(.ask, to: store)
            return
        }
        peer.version = change.version
        for renaming in change.renamed {
            guard let hasNotices = peer.people.removeValue(forKey: renaming.old) else { continue }
            peer.people[renaming.new] = hasNotices
            await fleet.port.rename(
                shown(renaming.old, of: peer), to: shown(renaming.new, of: peer))
        }
        for person in change.left where peer.people.removeValue(forKey: person) != nil {
            guard let room = fleet.rooms.room(named: person.room) else { continue }
            await fleet.port.leave([shown(person, of: peer)], room: room)
        }
        for (person, hasNotices) in change.entered {
            peer.people[person] = hasNotices
            guard let room = fleet.rooms.room(named: person.room), fleet.port.direction != .out
            else { continue }
            if hasNotices {
                _ = try? await fleet.port.enter(shown(person, of: peer), room: room)
            } else {
                await fleet.port.present(as: shown(person, of: peer), in: room)
            }
        }
        let present = peer
        state.withLock { $0.peers[store] = present }
    }

    /// Records a part of a list; with the last part the list replaces the known one, and no room is
    /// told of people who were there before we heard of them.
    private func receive(
        _ people: LiveMessage.People, from store: String, _ known: FleetPeer
    ) async {
        var peer = known
        guard (1...1_000).contains(people.parts), (0..<people.parts).contains(people.part),
            people.version >= peer.version
        else {
            return
        }
        peer.parts[people.part] = people.people
        if peer.parts.count >= people.parts {
            let all = peer.parts.values.reduce(into: [:]) { $0.merge($1) { $1 } }
            peer.parts = [:]
            let gone = Set(peer.people.keys).subtracting(all.keys)
            let come = all.filter { peer.people[$0.key] == nil }
            for person in gone {
                guard let room = fleet.rooms.room(named: person.room) else { continue }
                await fleet.port.leave([shown(person, of: peer)], room: room)
            }
            (peer.people, peer.version) = (all, people.version)
            await enterQuietly(come, of: peer)
            if peer.isGoneTold {
                peer.isGoneTold = false
                await announce(peer, fleet.phrases.instanceAnswers)
            }
        }
        let present = peer
        state.withLock { $0.peers[store] = present }
    }

    private func enterQuietly(_ people: [FleetPerson: Bool], of peer: FleetPeer) async {
        guard fleet.port.direction != .out else { return }
        await fleet.port.enterQuietly(
            people.compactMap { person, hasNotices in
                fleet.rooms.room(named: person.room).map {
                    (name: shown(person, of: peer), room: $0, hasNotices: hasNotices)
                }
            })
    }

    // MARK: - Silence

    /// Removes instances that have given no sign of life for too long.
    private func removeSilent() async {
        let now = fleet.clock.monotonic()
        // Without a connection the rooms are told that once, for all instances; after a
        // reconnection, each instance has its full time again.
        let isTold = isConnected()
        let deafAt = isTold ? state.withLock { $0.deafAt } : .distantPast
        for (store, peer) in peers
        where !peer.isGone && now - max(peer.heard, deafAt) > Self.silenceTimeout {
            // The rooms are told of no more instances than the log.
            let isLogged =
                isTold && log("instance \(peer.name) does not answer", isWarning: true)
            await remove(store, peer, isTold: isLogged)
        }
    }

    private func remove(_ store: String, _ known: FleetPeer, isTold: Bool) async {
        var peer = known
        await fleet.port.leaveQuietly(Set(peer.people.keys.map { shown($0, of: peer) }).sorted())
        if isTold { await announce(peer, fleet.phrases.instanceIsSilent) }
        (peer.isGone, peer.isGoneTold) = (true, isTold)
        (peer.people, peer.parts, peer.version) = ([:], [:], -1)
        let present = peer
        state.withLock { $0.peers[store] = present }
    }

    /// Tells each room something about an instance and how many of its people are there.
    private func announce(_ peer: FleetPeer, _ sentence: (String, Int) -> String) async {
        for room in fleet.rooms.all {
            let count = peer.people.keys.count { $0.room == fleet.rooms.there[room] }
            await fleet.announce(sentence(peer.name, count), in: room)
        }
    }

    /// Returns somebody's name as it is shown here.
    func shown(_ person: FleetPerson, of peer: FleetPeer) -> String {
        fleet.names.shown(person.name, bridge: person.bridge, instance: peer.name)
    }
}
