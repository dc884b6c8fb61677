import MessageBus

@testable import Wiring

extension Registry {
    /// The fake plug-ins.
    static var fake: Registry {
        var registry = Registry()
        registry.middleware("limit", about: "A token bucket.", FakeLimit.init)
        registry.middleware("replace", FakeReplace.init)
        registry.middleware("log", FakeLog.init)
        registry.bridge("tcp", FakeTCP.init)
        registry.bridge("stdio", FakeStdio.init)
        registry.bridge("tail", FakeTail.init)
        registry.bridge("telegram", FakeTelegram.init)
        return registry
    }
}
