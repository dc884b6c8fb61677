import Locking
import Sockets
import TestSupport
import Testing

@testable import Wiring

@Suite(.timeLimit(.minutes(10))) struct ServiceReporterTests {
    @Test func `the bridges are summed up in a few words`() {
        let states = BridgeStates()
        #expect(states.areReady)
        #expect(states.summary == "0 bridges ready")
        states.record(.ready, of: "chat", isOptional: false)
        #expect(states.summary == "1 bridge ready")
        states.record(.failed, of: "logs", isOptional: true)
        #expect(states.areReady)
        #expect(states.summary == "1 of 2 bridges ready, not logs (failed, is tried again)")
        for name in ["a", "b", "c"] { states.record(.starting, of: name, isOptional: false) }
        #expect(!states.areReady)
        #expect(
            states.summary == """
                1 of 5 bridges ready, not logs (failed, is tried again), a (starting), \
                b (starting), 1 more
                """)
        for name in ["a", "b", "c"] { states.record(.finished, of: name, isOptional: false) }
        #expect(states.areReady)
        states.remove("logs")
        #expect(states.summary == "1 bridge ready")
    }

    @Test func `it is ready once, when all bridges are, and not before all are known`() throws {
        let calls = Locked(0)
        let reporter = ServiceReporter(ServiceNotifier()) { calls.withLock { $0 += 1 } }
        reporter.bridges.record(.ready, of: "chat", isOptional: false)
        #expect(calls.withLock { $0 } == 0)
        reporter.bridges.record(.starting, of: "telegram", isOptional: false)
        reporter.begin()
        #expect(calls.withLock { $0 } == 0)
        reporter.bridges.record(.ready, of: "telegram", isOptional: false)
        #expect(calls.withLock { $0 } == 1)
        reporter.bridges.record(.failed, of: "telegram", isOptional: false)
        reporter.bridges.record(.ready, of: "telegram", isOptional: false)
        #expect(calls.withLock { $0 } == 1)
    }

    @Test func `it is not ready any more once it stops`() {
        let calls = Locked(0)
        let reporter = ServiceReporter(ServiceNotifier()) { calls.withLock { $0 += 1 } }
        reporter.bridges.record(.starting, of: "chat", isOptional: false)
        reporter.begin()
        reporter.beginStopping()
        reporter.bridges.record(.ready, of: "chat", isOptional: false)
        #expect(calls.withLock { $0 } == 0)
    }

    @Test func `the manager is asked to wait while work goes on, for an hour at most`() throws {
        let inbox = try NotificationInbox()
        let notifier = ServiceNotifier(ServiceEnvironment(notifySocket: inbox.name))
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        let request = TimeoutExtension(notifier, on: loop)
        var turns = 0
        loop.atTurnEnd {
            turns += 1
            let expected = (2...1_801).contains(turns) ? ["EXTEND_TIMEOUT_USEC=30000000"] : []
            #expect(inbox.rest() == expected, "turn \(turns)")
            if turns == 1_810 { return loop.stop() }
            clock.advance(by: .seconds(2))
            loop.perform {}
        }
        loop.run()
        request.end()
        #expect(turns == 1_810)
    }
}
