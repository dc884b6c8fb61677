import MessageBus

/// A bridge whose run is a function of a test.
struct ClosureBridge: Bridge {
    let body: @Sendable (Port) async throws -> Void
    func run(_ port: Port) async throws { try await body(port) }
}
