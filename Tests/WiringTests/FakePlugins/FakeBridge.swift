import MessageBus

/// A bridge that is finished at once.
protocol FakeBridge: Bridge {}

extension FakeBridge {
    func run(_ port: Port) async throws {}
}
