import JSON
import MessageBus
import Metrics
import TestSupport
import Testing

@testable import StatusServer

@Suite(.timeLimit(.minutes(10))) struct StatusMonitorTests {
    @Test func `the last hour is kept, and no more`() async throws {
        let host = try await StatusHost()
        let port = await host.test.port("chat")
        await host.advance(seconds: 1)
        try await port.publish((1...50).map { Draft("\($0)", from: "x") })
        await host.advance(seconds: 5)
        let sample = try #require(host.monitor.history.newest)
        #expect(sample.bridges == ["chat"])
        #expect(sample.rates == [10])
        #expect(sample.slowest != nil)
        await host.advance(seconds: 5)
        #expect(host.monitor.history.newest?.rates == [0])
        #expect(host.monitor.history.newest?.slowest == nil)
        let report = await host.test.bus.perform { $0.report() }
        for number in 1...800 {
            host.monitor.history.record(
                report, at: .after(.seconds(100) + StatusHistory.interval * number))
        }
        let samples = host.monitor.history.samples
        #expect(samples.count == StatusHistory.maxSamples)
        #expect(samples.allSatisfy { $0.rates == [0] })
    }

    @Test func `a bridge that came later has no figures before`() async throws {
        let host = try await StatusHost()
        _ = await host.test.port("a")
        await host.advance(seconds: 6)
        _ = await host.test.port("b")
        await host.advance(seconds: 5)
        let json = host.monitor.history.json
        #expect(json["bridges"] == .list([.text("a"), .text("b")]))
        #expect(json["rates"].elements.last?.elements == [.null, .real(0)])
        #expect(json["times"].elements.count == 2)
    }

    @Test func `who asks in a loop gets one report in 20 ms`() async throws {
        let host = try await StatusHost()
        await withCheckedContinuation { continuation in
            host.monitor.ask { _ in continuation.resume() }
        }
        let answered = AnswerCount()
        for _ in 0..<3 { host.monitor.ask { _ in answered.record() } }
        await host.test.settle()
        #expect(answered.value == 0)
        host.test.advance(by: .milliseconds(20))
        await host.test.settle()
        #expect(answered.value == 3)
    }

    @Test func `of the log errors and warnings are kept, and nobody's words`() throws {
        let errors = RecentErrors()
        let recorder = LogRecorder()
        let log = recorder.log
        log.info("started")
        log.writeMessage(.error, "#1 general chat ana: una palabra")
        for number in 1...25 { log.warning("warning \(number)", bridge: "chat") }
        log.error(String(repeating: "long ", count: 1_000))
        for entry in recorder.entries {
            errors.record(entry, at: Timestamp(milliseconds: 1))
        }
        let all = errors.all
        #expect(all.count == RecentErrors.maxEntries)
        #expect(all.first?.level == .error)
        #expect((all.first?.sentence.count ?? 0) <= 400)
        #expect(all.dropFirst().first?.sentence == "warning 25")
        #expect(!all.contains { $0.sentence.contains("palabra") })
    }

    @Test func `a refused reload is told until one is taken`() {
        let outcome = ReloadOutcome(startedAt: Timestamp(milliseconds: 1))
        #expect(outcome.report.isSuccessful)
        outcome.recordFailure("it is wrong")
        #expect(!outcome.report.isSuccessful)
        #expect(outcome.report.reason == "it is wrong")
        #expect(outcome.report.takenAt == Timestamp(milliseconds: 1))
        outcome.recordSuccess(at: Timestamp(milliseconds: 2))
        #expect(outcome.report.isSuccessful)
        #expect(outcome.report.reason == "")
        #expect(outcome.report.takenAt == Timestamp(milliseconds: 2))
    }

    @Test func `the report for programs says how each bridge is`() async throws {
        let host = try await StatusHost()
        let port = await host.test.port("chat")
        await port.ready()
        await port.expose {
            var gauges = BridgeGauges()
            gauges.laggingFiles = (1...30).map {
                LaggingFile(name: "/var/log/\($0)", bytes: UInt64($0), age: .milliseconds(1_500))
            }
            return gauges
        }
        let answer = try await host.get("/status.json")
        #expect(answer.status == 200)
        let bridge = answer.json["bridges"].elements.first
        #expect(bridge?["state"] == .text("ready"))
        #expect(bridge?["passed"] == .integer(0))
        #expect(answer.json["ready"] == .bool(true))
        #expect(answer.json["rooms"].elements.first?["name"] == .text("general"))
        let files = answer.json["files"].elements
        #expect(files.count == 20)
        #expect(files.first?["path"] == .text("/var/log/30"))
        #expect(files.first?["unreadSeconds"] == .real(1.5))
    }
}

/// A count for several threads.
private final class AnswerCount: Sendable {
    private let counter = Counter()

    var value: UInt64 { counter.value }
    func record() { counter.add() }
}
