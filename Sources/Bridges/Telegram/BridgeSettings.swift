import Chat
import MessageBus

/// The values that all parts of a running telegram bridge share.
struct BridgeSettings: Sendable {
    let port: Port
    let phrases: Phrases
    let composer: TelegramComposer
    let wording: MessageWording
    /// True if joins and leaves are relayed.
    let relaysNotices: Bool
    /// True if edits are relayed.
    let showsEdits: Bool
    let time: PauseClock

    var log: Log { port.log }

    /// Runs a body until it is done or the bus begins to stop; returns nil in that case.
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

    /// Waits; returns false if the bus begins to stop.
    func sleep(for pause: Duration) async throws -> Bool {
        let time = time
        return try await untilStopping {
            try await time.sleep(pause)
            return true
        } ?? false
    }
}
