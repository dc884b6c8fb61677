import Chat
import MessageBus

/// What all parts of a running telegram bridge share.
///
/// Safe from any thread.
struct BridgeSettings: Sendable {
    let port: Port
    let phrases: Phrases
    let composer: MessageComposer
    let wording: MessageWording
    /// Whether joins and leaves are relayed.
    let relaysNotices: Bool
    /// Whether corrections are relayed.
    let showsEdits: Bool
    let watch: Stopwatch

    var log: Log { port.log }

    /// Runs something until it is done or the bus begins to stop; nil in that case.
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
    func rest(_ pause: Duration) async throws -> Bool {
        let watch = watch
        return try await untilStopping {
            try await watch.sleep(pause)
            return true
        } ?? false
    }
}
