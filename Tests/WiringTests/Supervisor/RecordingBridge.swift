import MessageBus

/// A durable bridge that records when it begins and when it runs.
struct RecordingBridge: DurableBridge {
    let steps: Steps
    func begin(_ port: Port) async throws { steps.record("begins") }
    func run(_ port: Port) async throws { steps.record("b runs") }
}
