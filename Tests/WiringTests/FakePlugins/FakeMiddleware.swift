import MessageBus

/// A middleware that judges nothing.
protocol FakeMiddleware: Middleware {}

extension FakeMiddleware {
    func handle(_ message: inout Message) -> Verdict { .pass }
}
