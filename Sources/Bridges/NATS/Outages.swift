import Chat
import MessageBus

/// The announcements in the shared rooms that the other instances can't be reached, once for each
/// long outage, and that they can be reached again.
///
/// Run by a task of its own.
struct Outages: Sendable {
    private let fleet: Fleet
    private let broker: Broker
    private let changed: AsyncSignal
    private let onChange: @Sendable () -> Void

    /// The length of an outage before anybody is told.
    static let announcementDelay = Duration.seconds(30)

    init(
        _ fleet: Fleet, _ broker: Broker, changed: AsyncSignal,
        onChange: @escaping @Sendable () -> Void
    ) {
        self.fleet = fleet
        self.broker = broker
        self.changed = changed
        self.onChange = onChange
    }

    /// Announces outages until the task is cancelled.
    func run() async throws {
        while true {
            if broker.outage == nil {
                try await changed.wait()
                onChange()
                continue
            }
            if try await lasts() { try await announceOutage() }
        }
    }

    /// Returns true if the outage that has begun is not over after a while.
    private func lasts() async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { [time = fleet.time] in
                try await time.sleep(Self.announcementDelay)
                return true
            }
            group.addTask {
                try await waitUntil { broker.outage == nil }
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func announceOutage() async throws {
        let waiting = await counts()
        for room in fleet.rooms.all {
            await fleet.announce(
                fleet.phrases.fleetIsSilent(waiting: waiting[room] ?? 0), in: room)
        }
        try await waitUntil { broker.outage == nil }
        let left = await counts()
        for room in fleet.rooms.all {
            await fleet.announce(fleet.phrases.fleetAnswers(waiting: left[room] ?? 0), in: room)
        }
    }

    private func counts() async -> [String: Int] {
        Dictionary(await fleet.port.waiting.map { ($0.channel, $0.count) }) { $0 + $1 }
    }

    private func waitUntil(_ isTrue: () -> Bool) async throws {
        while !isTrue() {
            try await changed.wait()
            onChange()
        }
    }
}
