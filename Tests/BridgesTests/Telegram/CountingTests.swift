import MessageBus
import Metrics
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

extension TelegramTests {
    /// The counters of a telegram bridge.
    @Suite(.timeLimit(.minutes(10))) struct CountingTests {
        private static let group = TelegramHost.group

        private func report(of host: TelegramHost) async throws -> BridgeReport {
            try #require(
                await host.test.bus.perform { $0.report() }.bridges
                    .first { $0.name == "telegram" })
        }

        private func count(_ name: String, in report: BridgeReport) -> UInt64? {
            report.ownCounts.first { $0.family.name == "puente_telegram_\(name)" }?.value
        }

        @Test func `what arrives is delivered, what can't be sent waits`() async throws {
            let host = try await TelegramHost()
            var report = try await report(of: host)
            #expect(report.condition.state == .ready)
            #expect(count("floods_total", in: report) == 0)
            await host.server.perform { $0.faults["sendMessage"] = [.flood] }
            try await host.other.publish((1...3).map { Draft("\($0)", from: "ana") })
            await host.until { $0.chats[Self.group]?.floods == 1 }
            // The server has answered; the bridge may read that a little later.
            repeat {
                await host.step()
                report = try await self.report(of: host)
            } while count("floods_total", in: report) == 0
            #expect(report.deliveries == 0)
            #expect(report.waiting == 3)
            #expect(report.gauges.waiting.map(\.channel) == ["\(Self.group)"])
            #expect(count("floods_total", in: report) == 1)
            await host.until { $0.chats[Self.group]?.posts.count == 1 }
            repeat {
                await host.step()
                report = try await self.report(of: host)
            } while report.deliveries == 0
            #expect(report.deliveries == 3)
            #expect(report.waiting == 0)
            #expect(
                report.attempts.map { "\($0.code) \($0.count)" } == ["flood 1", "delivered 1"])
            try await host.stop()
        }

        @Test func `an outage makes it degraded, and its time is counted`() async throws {
            let host = try await TelegramHost()
            await host.server.perform {
                $0.faults["sendMessage"] = [.closedAfter, .closed, .closed]
            }
            try await host.other.publish("uno", from: "ana")
            while try await report(of: host).condition.state != .degraded { await host.step() }
            #expect(
                try await report(of: host).condition.reason
                    .hasPrefix("Telegram does not answer"))
            await host.until { $0.chats[Self.group]?.posts.count ?? 0 >= 1 }
            while try await report(of: host).condition.state != .ready { await host.step() }
            let report = try await report(of: host)
            #expect(count("outage_seconds_total", in: report) ?? 0 > 0)
            #expect(count("possible_duplicates_total", in: report) == 1)
            try await host.stop()
        }
    }
}
