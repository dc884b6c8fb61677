import Accounts
import MessageBus
import Sockets

/// The exchange of the running configuration for a new one: all of it, or nothing.
///
/// Used by the task that reloads.
struct ReloadTransaction: Sendable {
    /// Bridges that were stopped or started, to be exchanged back if need be.
    private struct Exchange: Sendable {
        var old: [RunningBridge]
        var new: [RunningBridge] = []
    }

    private let assembly: Assembly
    private let supervisor: Supervisor
    private let roster: BridgeRoster
    private let plan: ReloadPlan
    private let made: MadeConfiguration
    private let refreshes: [BridgeRefresh]
    private let sleep: @Sendable (Duration) async throws -> Void
    private let deadline: MonotonicTime
    private var running: [String: RunningBridge]
    private var exchanges: [Exchange] = []

    /// The time within which bridges must be ready.
    private static let readiness = Duration.seconds(15)
    /// The time that a bridge may drain.
    private static let drain = Duration.seconds(10)
    /// The time that a bridge may drain if its exchange is undone: it has hardly begun.
    private static let shortDrain = Duration.seconds(2)
    /// The time after which the exchange waits for nothing more: undoing it and stopping removed
    /// bridges may take 15 seconds more, and all of it at most a minute.
    private static let maxDuration = Duration.seconds(40)
    /// The time that undoing the exchange and stopping removed bridges may take.
    private static let ending = Duration.seconds(15)

    private var bus: Bus { assembly.bus }

    /// Prepares an exchange.
    ///
    /// - Parameters:
    ///   - refreshes: files of bridges that go on, to be used anew.
    ///   - running: the bridges that run, by name.
    init(
        _ plan: ReloadPlan, _ made: MadeConfiguration, _ refreshes: [BridgeRefresh],
        in assembly: Assembly, supervisor: Supervisor, roster: BridgeRoster,
        running: [String: RunningBridge], sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        (self.plan, self.made, self.refreshes) = (plan, made, refreshes)
        (self.assembly, self.supervisor, self.roster) = (assembly, supervisor, roster)
        (self.running, self.sleep) = (running, sleep)
        deadline = assembly.clock.monotonic() + Self.maxDuration
    }

    /// Exchanges everything; returns the bridges that run from now on.
    ///
    /// - Throws: `ReloadRefusal` if the exchange is impossible; everything is then as before,
    ///   except for the connections of bridges that had been exchanged.
    mutating func run() async throws(ReloadRefusal) -> [String: RunningBridge] {
        await bus.openPendingRooms(plan.newRooms)
        do throws(ReloadRefusal) {
            for group in ExchangeGroup.groups(plan, made, running: running) {
                try await exchange(group)
            }
        } catch {
            await exchangeBack()
            throw error
        }
        await commit()
        return running
    }

    // MARK: - Forward

    private mutating func exchange(_ group: ExchangeGroup) async throws(ReloadRefusal) {
        try await checkGoingOn()
        exchanges.append(Exchange(old: group.old))
        await stop(
            group.old, within: min(Self.drain, max(.seconds(1), remaining)),
            removed: Set(plan.bridges.filter { $0.kind == .isRemoved }.map(\.name)))
        var started: [RunningBridge] = []
        for made in group.new {
            let old = group.old.first { $0.entry.name == made.entry.name }
            let bridge = try await start(made, inPlaceOf: old)
            started.append(bridge)
            exchanges[exchanges.count - 1].new.append(bridge)
        }
        try await waitUntilReady(started)
        let wanted = Set(started.map(\.entry.name))
        for old in group.old where !wanted.contains(old.entry.name) {
            running[old.entry.name] = nil
            supervisor.forget(old.entry.name)
        }
        for new in started { running[new.entry.name] = new }
    }

    private func checkGoingOn() async throws(ReloadRefusal) {
        if await bus.isStopping { throw .stopping }
        if remaining <= .zero {
            throw ReloadRefusal("it was not done within \(Self.maxDuration.plain)")
        }
    }

    private var remaining: Duration { deadline - assembly.clock.monotonic() }

    /// Drains and ends bridges, and takes them off the bus.
    private func stop(
        _ bridges: [RunningBridge], within limit: Duration, removed: Set<String> = []
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for bridge in bridges {
                group.addTask { [self] in
                    let ending: BridgeEnding =
                        removed.contains(bridge.entry.name) ? .removed : .replaced
                    await supervisor.retire(bridge.supervised, as: ending, within: limit)
                    let attachment = bridge.attachment
                    await bus.perform { $0.detach(attachment) }
                    bridge.pool.stop()
                }
            }
        }
    }

    private func start(
        _ made: EntryMaker.MadeBridge, inPlaceOf old: RunningBridge?
    ) async throws(ReloadRefusal) -> RunningBridge {
        let attachment = made.makeAttachment()
        let difference = plan.bridges.first { $0.name == made.entry.name }
        let earlier = old?.attachment
        await bus.perform { bus in
            // Steps that both have go on from where they are.
            if let earlier, let chains = difference, let middleware = chains.middleware,
                let outgoing = chains.outgoing
            {
                attachment.chain.exchange(
                    with: middleware.successors(made.middleware), from: earlier.chain)
                attachment.outgoing.exchange(
                    with: outgoing.successors(made.outgoing), from: earlier.outgoing)
            }
            bus.attach(attachment, inPlaceOf: earlier)
        }
        let pool = ThreadPool(named: made.entry.name)
        do throws(SocketError) {
            try pool.start()
        } catch {
            await bus.perform { $0.detach(attachment) }
            throw ReloadRefusal("bridge \(made.entry.name): \(error)")
        }
        let supervised = SupervisedBridge(
            made.bridge, attachment: attachment, isOptional: made.entry.isOptional
        ).renewed(attachment, firstFailure: .isReported, on: pool)
        roster.run(supervised)
        return RunningBridge(entry: made.entry, supervised: supervised, pool: pool)
    }

    /// Waits for all of them together, but for those that are optional.
    private func waitUntilReady(_ bridges: [RunningBridge]) async throws(ReloadRefusal) {
        let waited = bridges.filter { !$0.entry.isOptional }
        let limit = min(Self.readiness, max(.seconds(1), remaining))
        await wait(for: waited, within: limit)
        if await bus.isStopping { throw .stopping }
        for bridge in waited {
            let subject = "bridge \(bridge.entry.name)"
            switch bridge.supervised.report.state {
            case .ready, .ended: break
            case .failed(let reason): throw ReloadRefusal("\(subject): \(reason)")
            case .running:
                throw ReloadRefusal("\(subject) was not ready within \(limit.plain)")
            }
        }
    }

    /// Returns when all bridges are ready or have ended, one has failed, the bus stops, or the time
    /// is over.
    private func wait(for waited: [RunningBridge], within limit: Duration) async {
        let (sleep, bus) = (sleep, bus)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                try? await sleep(limit)
                return true
            }
            group.addTask {
                await bus.waitForStop()
                return true
            }
            for bridge in waited {
                group.addTask {
                    await bridge.supervised.report.wait { $0 != .running }
                    if case .failed = bridge.supervised.report.state { return true }
                    return false
                }
            }
            var left = waited.count
            while left > 0, await group.next() == false { left -= 1 }
            group.cancelAll()
        }
    }

    // MARK: - The last turn

    /// Exchanges all that can't fail, in one turn, and waits for the bridges that are removed.
    private mutating func commit() async {
        let (plan, made, refreshes, present) = (plan, made, refreshes, running)
        let removed = plan.bridges.filter { $0.kind == .isRemoved }
            .compactMap { present[$0.name] }
        let (accounts, keys) = (assembly.accounts, assembly.bridgeKeys(of: made.configuration))
        await bus.perform { bus in
            accounts.setBridgeKeys(keys)
            if plan.middleware.isExchanged {
                bus.exchangeChain(with: plan.middleware.successors(made.middleware))
            }
            for difference in plan.bridges where difference.kind == .stays {
                guard let bridge = present[difference.name],
                    let new = made.bridges.first(where: { $0.entry.name == difference.name })
                else { continue }
                if let chain = difference.middleware, chain.isExchanged {
                    bridge.attachment.chain.exchange(with: chain.successors(new.middleware))
                }
                if let chain = difference.outgoing, chain.isExchanged {
                    bridge.attachment.outgoing.exchange(with: chain.successors(new.outgoing))
                }
                if !difference.keys.isEmpty,
                    let adjustable = bridge.supervised.bridge as? any AdjustableBridge
                {
                    adjustable.adjust(to: new.bridge, bus)
                }
            }
            for refresh in refreshes { refresh.use(bus) }
            bus.exchangeRooms(for: made.configuration.rooms)
            for bridge in removed { bus.stop(bridge.attachment, as: .removed) }
            bus.orderBridges(as: made.configuration.bridges.map(\.name))
            bus.configurationHasChanged()
        }
        for entry in made.configuration.bridges { running[entry.name]?.entry = entry }
        for bridge in removed {
            running[bridge.entry.name] = nil
            supervisor.forget(bridge.entry.name)
        }
        await stop(
            removed, within: min(Self.drain, max(.seconds(1), remaining + Self.ending)),
            removed: Set(removed.map(\.entry.name)))
    }

    // MARK: - Backward

    /// Exchanges back everything that was exchanged, and returns once it works again: until then
    /// the addresses are kept open.
    private mutating func exchangeBack() async {
        var renewed: [RunningBridge] = []
        for exchange in exchanges.reversed() {
            // All together, however many there are.
            let rest = max(.milliseconds(100), remaining + Self.ending)
            await stop(exchange.new, within: min(Self.shortDrain, rest))
            for old in exchange.old {
                let attachment = BridgeAttachment(renewing: old.attachment)
                let new = exchange.new.first { $0.entry.name == old.entry.name }
                let latest = new?.attachment ?? old.attachment
                await bus.perform { $0.attach(attachment, inPlaceOf: latest) }
                let pool = ThreadPool(named: old.entry.name)
                // Without a thread of its own the bridge uses one that it had before.
                try? pool.start()
                let supervised = old.supervised.renewed(
                    attachment, firstFailure: .isRetried, on: pool)
                roster.run(supervised)
                let bridge = RunningBridge(
                    entry: old.entry, supervised: supervised, pool: pool)
                running[old.entry.name] = bridge
                renewed.append(bridge)
            }
            let olds = Set(exchange.old.map(\.entry.name))
            for new in exchange.new where !olds.contains(new.entry.name) {
                running[new.entry.name] = nil
                supervisor.forget(new.entry.name)
                let attachment = new.attachment
                await bus.perform { $0.endStatistics(of: attachment) }
            }
        }
        exchanges = []
        await wait(for: renewed, within: max(.seconds(1), remaining + Self.ending))
        await bus.perform { bus in
            bus.closePendingRooms()
            bus.configurationHasChanged()
        }
    }

    /// The bridges that run, also after a refusal.
    var runningBridges: [String: RunningBridge] { running }
}
