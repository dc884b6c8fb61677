import Chat
import MessageBus

/// The values that all parts of a running nats bridge share.
struct Fleet: Sendable {
    let port: Port
    let phrases: Phrases
    /// The name of this instance, as people read it.
    let instance: String
    /// The name of this instance's store.
    let store: String
    let rooms: FleetRooms
    let names: FleetNames
    /// The time for which messages that the stream has forgotten are put into it again.
    let resend: Duration
    let time: PauseClock
    /// The clock of the bridge's threads.
    let clock: any TimeSource
    /// The numbers of ours that the stream has for other messages.
    let reusedNumbers: ReusedNumbers

    var log: Log { port.log }

    /// Sleeps; returns false if the bridge is to end before that.
    func sleep(for pause: Duration) async throws -> Bool {
        try await untilStopping { [time] in
            try await time.sleep(pause)
            return true
        } ?? false
    }

    /// Runs a body until it is done or the bridge is to end; returns `nil` in that case.
    func untilStopping<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask { [port] in
                await port.stopping()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Tells a room something in the name of the bus; while the bus stops nobody is told anything.
    func announce(_ sentence: String, in room: String) async {
        _ = try? await port.announce(sentence, in: room)
    }
}
