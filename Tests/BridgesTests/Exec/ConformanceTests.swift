import Chat
import Foundation
import Locking
import Sockets
import Testing

@testable import ExecBridge

/// The kit, against programs that conform, and against programs that are broken in one way each.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ConformanceTests {
    private static let programs = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Programs")

    /// A clock whose sleepers wake up at once, and so before their time by any other clock.
    private struct EarlyClock: Clock {
        let now = ContinuousClock.now
        let minimumResolution = Duration.nanoseconds(1)

        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {}
    }

    /// Returns whether a program conforms, and what the kit has to say.
    private static func conforms(
        _ command: [String], isDurable: Bool = false, endsAtFailure: Bool = false,
        by time: PauseClock? = nil
    ) async throws -> (conforms: Bool, report: [String]) {
        Signals.ignoreFailedWrites()
        let loop = try EventLoop()
        try loop.start(named: "kit")
        defer { loop.stop() }
        let report = Locked<[String]>([])
        let deadlines = deadlines(for: command.last ?? "")
        let kit = try Conformance(
            command, isDurable: isDurable, on: loop, time: time ?? PauseClock(LoopSleep(loop)),
            deadlines: deadlines
        ) { line in report.withLock { $0.append(line) } }
        let conforms = await kit.run(endsAtFailure: endsAtFailure)
        return (conforms, report.withLock { $0 })
    }

    /// More time than a busy machine needs, but for what a broken program lets pass.
    private static func deadlines(for way: String) -> Conformance.Deadlines {
        var deadlines = Conformance.Deadlines()
        deadlines.ready = way == "never-ready" ? .seconds(1) : .seconds(60)
        deadlines.answer = way == "buffers" ? .seconds(1) : .seconds(60)
        deadlines.answers = .seconds(120)
        let ends = !["drops-last", "ignores-end", "ignores-sigterm"].contains(way)
        deadlines.end = .seconds(ends ? 60 : 5)
        return deadlines
    }

    private static func file(_ name: String) -> String {
        programs.appending(path: name).path(percentEncoded: false)
    }

    @Test func `the example in Python conforms`() async throws {
        let (conforms, report) = try await Self.conforms(
            ["python3", Self.file("echo.py")], isDurable: true)
        #expect(conforms, "\(report)")
        #expect(
            report
                == [
                    "ready", "prompt", "echo", "split", "joined", "flood", "junk", "last line",
                    "end of input", "SIGTERM", "ack", "restarts and checkpoint",
                ].map { "pass: \($0)" })
    }

    @Test func `the example in the shell conforms, and is not durable`() async throws {
        let (conforms, report) = try await Self.conforms([Self.file("echo.sh")])
        #expect(conforms, "\(report)")
        #expect(report.count == 10)
        let (isDurable, reasons) = try await Self.conforms(
            [Self.file("echo.sh")], isDurable: true)
        #expect(!isDurable)
        #expect(reasons.contains { $0.hasPrefix("fail: durable: ") })
    }

    @Test(arguments: [
        ("never-ready", "ready: it has not said"),
        ("buffers", "prompt: 1 of 1 messages that came alone did not come back"),
        ("drops-last", "last line: 1 of 20 messages that came right before the end"),
        ("out-of-order", "echo: its answers are in another order than the messages"),
        ("dies-on-junk", "junk: "),
        ("ignores-end", "end of input: it has not ended"),
        ("ignores-sigterm", "SIGTERM: it has not ended"),
        ("acks-unseen", "ack: it acknowledges 1000"),
        ("forgets-checkpoint", "restarts and checkpoint: it was killed and started again"),
        ("says-twice", ": it has answered message "),
    ])
    func `a program that is broken in one way is found for that`(
        _ way: String, _ reason: String
    ) async throws {
        let (conforms, report) = try await Self.conforms(
            ["python3", Self.file("broken.py"), way], isDurable: true, endsAtFailure: true)
        #expect(!conforms)
        let failure = report.first { $0.hasPrefix("fail: ") } ?? ""
        #expect(failure.contains(reason), "\(report)")
    }

    @Test func `nothing is wrong with the program that is broken in no way`() async throws {
        let (conforms, report) = try await Self.conforms(
            ["python3", Self.file("broken.py"), "no"], isDurable: true)
        #expect(conforms, "\(report)")
    }

    @Test func `a deadline that passes while its end is computed is a deadline`() async throws {
        let (conforms, report) = try await Self.conforms(
            ["python3", Self.file("broken.py"), "never-ready"], by: PauseClock(EarlyClock()))
        #expect(!conforms)
        #expect(report.first?.hasPrefix("fail: ready: it has not said") == true, "\(report)")
    }
}
