import JSON
import MessageBus
import Sockets
import StatusServer

/// The command `status`, which answers how the daemon is doing, for people or for programs; the
/// exit status is that of `/ready`.
///
/// Runs on the loop of the control socket, as every `ControlCommand` does.
package struct StatusControlCommand: ControlCommand {
    private let monitor: StatusMonitor
    private let loop: EventLoop

    /// `status`.
    package var name: String { "status" }

    /// The time that the bus has for its figures: the rest is known without it, and whoever asks
    /// waits five seconds.
    private static let timeout = Duration.seconds(2)

    /// Makes the command.
    ///
    /// - Parameter loop: the loop of the control socket.
    package init(_ monitor: StatusMonitor, on loop: EventLoop) {
        self.monitor = monitor
        self.loop = loop
    }

    /// Sends the report: as an object if `json` is true, else in lines.
    package func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        let report = StatusReport(monitor, await askBus())
        if request.arguments["json"].isTrue {
            answer.sendLine(String(decoding: report.json.encodedWithNulls, as: UTF8.self))
        } else {
            for line in report.lines { answer.sendLine(line) }
        }
        return report.isReady ? .success : .negative
    }

    /// Returns what the bus has counted; `nil` if it does not answer in time.
    private func askBus() async -> BusReport? {
        let clock = LoopSleep(loop)
        return await withTaskGroup(of: BusReport?.self) { group in
            group.addTask { await monitor.report() }
            group.addTask {
                try? await clock.sleep(for: Self.timeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
