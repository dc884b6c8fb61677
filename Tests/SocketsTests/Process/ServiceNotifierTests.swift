import Glibc
import Locking
import TestSupport
import Testing

@testable import Sockets

/// Notifications that are sent to a socket in a folder or an abstract one.
@Suite(.timeLimit(.minutes(10))) struct ServiceNotifierTests {
    private static func notifier(
        _ inbox: NotificationInbox, watchdogMicroseconds: Int? = nil
    ) -> ServiceNotifier {
        var variables = ["NOTIFY_SOCKET": inbox.name]
        variables["WATCHDOG_USEC"] = watchdogMicroseconds.map { "\($0)" }
        // In a busy suite a test may stand still for longer than a manager does.
        return ServiceNotifier(
            ServiceEnvironment(of: 1) { variables[$0] }, timeout: .seconds(3_600))
    }

    @Test(arguments: [true, false])
    func `each state is said once`(isAbstract: Bool) throws {
        let folder = try SocketFolder()
        let inbox = try NotificationInbox(path: isAbstract ? nil : "\(folder.path)/s")
        let notifier = Self.notifier(inbox)
        notifier.ready()
        notifier.ready()
        notifier.status("one")
        notifier.status("one")
        notifier.extend(.seconds(2))
        notifier.stopping()
        notifier.stopping()
        notifier.ready()
        #expect(
            inbox.rest() == ["READY=1", "STATUS=one", "EXTEND_TIMEOUT_USEC=2000000", "STOPPING=1"])
    }

    @Test func `a reload has its time in the same datagram, and ends with READY`() throws {
        let inbox = try NotificationInbox()
        let notifier = Self.notifier(inbox)
        notifier.reloading()
        notifier.reloaded()
        #expect(inbox.rest() == [], "before the first READY")
        notifier.ready()
        let before = SystemClock().monotonic().nanoseconds / 1_000
        for _ in 0..<2 { notifier.reloading() }
        for _ in 0..<2 { notifier.reloaded() }
        let all = inbox.rest()
        #expect(all.count == 3)
        #expect(all.first == "READY=1")
        #expect(all.last == "READY=1")
        let lines = all.dropFirst().first?.split(separator: "\n") ?? []
        #expect(lines.first == "RELOADING=1")
        let time = lines.last?.split(separator: "=").last.flatMap { Int64($0) } ?? 0
        #expect(lines.count == 2 && time >= before)
        notifier.stopping()
        notifier.reloading()
        #expect(inbox.rest() == ["STOPPING=1"])
    }

    @Test func `a status is one line without control characters, and not too long`() throws {
        let inbox = try NotificationInbox()
        let notifier = Self.notifier(inbox)
        notifier.status("a\nREADY=1\u{1B}[2J\u{202E}\u{2028}ñ")
        notifier.status(String(repeating: "é", count: 200))
        #expect(
            inbox.rest() == [
                "STATUS=a READY=1 [2J  ñ", "STATUS=" + String(repeating: "é", count: 128),
            ])
    }

    @Test func `what does not fit into the manager's queue comes later, in order`() async throws {
        let inbox = try NotificationInbox()
        let notifier = Self.notifier(inbox)
        inbox.fill()
        for number in 0..<50 { notifier.status("\(number)") }
        notifier.reportAlive()
        let received = try await inbox.all(until: "STATUS=49").drop { $0 == "full" }
        #expect(Array(received) == (0..<50).map { "STATUS=\($0)" })
        #expect(inbox.rest() == [], "what is only of use at once is left out")
    }

    @Test func `where nobody listens, that is reported`() throws {
        let reports = Locked<[String]>([])
        for name in ["/nowhere/notify", "relative", "@"] {
            let environment = ServiceEnvironment(of: 1) { $0 == "NOTIFY_SOCKET" ? name : nil }
            let notifier = ServiceNotifier(environment) { error in
                reports.withLock { $0.append("\(error)") }
            }
            notifier.ready()
        }
        #expect(
            reports.withLock { $0 } == [
                "notify unix:/nowhere/notify: no such file or directory",
                "NOTIFY_SOCKET relative: it is not a Unix socket",
                "unix:@: the name has not 1 to 107 bytes",
            ])
        ServiceNotifier().ready()
    }

    @Test func `a loop that turns says so twice within the time`() throws {
        let inbox = try NotificationInbox()
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        Watchdog.start(Self.notifier(inbox), on: loop)
        #expect(inbox.rest() == [])
        Watchdog.start(Self.notifier(inbox, watchdogMicroseconds: 30_000_000), on: loop)
        #expect(inbox.rest() == ["WATCHDOG=1"])
        var turns = 0
        loop.atTurnEnd {
            turns += 1
            #expect(inbox.rest() == (turns == 2 ? ["WATCHDOG=1"] : []), "turn \(turns)")
            if turns == 3 { return loop.stop() }
            clock.advance(by: turns == 1 ? .seconds(15) : .seconds(14))
            loop.perform {}
        }
        loop.perform {}
        loop.run()
        #expect(turns == 3)
    }
}
