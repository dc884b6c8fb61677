import MessageBus

/// Stands in for a middleware without options.
struct FakeLog: FakeMiddleware {}
