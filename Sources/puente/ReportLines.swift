import Chat
import MessageBus
import Store

/// A report on the fate of a message, for people.
struct ReportLines {
    /// The shortest delay that gets a line.
    private static let late = Duration.seconds(2)

    private let report: MessageReport
    private let lines: MessageLines

    init(_ report: MessageReport, _ lines: MessageLines) {
        self.report = report
        self.lines = lines
    }

    /// The whole report, without the last ending.
    var text: String {
        var result: [String] = []
        if let message = report.message {
            result.append(lines.lines(message))
            result.append("came by     \(message.sender.bridge)\(Self.origin(message.origin))")
            if message.received - message.time >= Self.late {
                result.append("arrived     \(message.received.inLocalTime)")
            }
            if let reply = message.reply {
                result.append("answers     #\(reply.number)")
            }
        }
        if let dropped = report.dropped {
            result.append(
                """
                #\(report.number) \(dropped.time.inLocalTime) \(dropped.room)  \
                \(dropped.sender): (dropped, \(dropped.count) bytes; their text is not kept)
                """)
            result.append("came by     \(dropped.bridge)\(Self.origin(dropped.origin))")
        }
        result += report.steps.map(Self.line)
        if report.steps.isEmpty { result.append("chain       passed, unchanged") }
        if report.message != nil {
            result += report.deliveries.map(Self.line)
            if report.deliveries.isEmpty {
                result.append("deliveries  no durable bridge reads this room")
            }
        }
        return result.joined(separator: "\n")
    }

    private static func origin(_ origin: Origin?) -> String {
        guard let origin else { return "" }
        var parts: [String] = []
        if let channel = origin.channel { parts.append(channel.onOneLine) }
        if let id = origin.remoteID { parts.append("at \(id.onOneLine)") }
        if !origin.passed.isEmpty {
            parts.append("by way of \(origin.passed.joined(separator: ", ").onOneLine)")
        }
        return parts.isEmpty ? "" : ", \(parts.joined(separator: " "))"
    }

    private static func line(_ step: MessageReport.Step) -> String {
        guard let drop = step.drop else { return "changed by  \(step.name)" }
        let reason = drop.reason.isEmpty ? "" : " \(drop.reason.onOneLine)"
        return "dropped by  \(step.name): [\(drop.code)]\(reason)"
    }

    private static func line(_ delivery: MessageReport.Delivery) -> String {
        let channel = [delivery.channel.bridge, delivery.channel.name]
            .filter { !$0.isEmpty }.joined(separator: " ").onOneLine
        var result = "to          \(channel): \(state(delivery))"
        if let attempts = delivery.attempts {
            let times = attempts.count == 1 ? "once" : "\(attempts.count) times"
            result += """
                ; failed \(times), last \(attempts.last.inLocalTime): \(attempts.answer.onOneLine)
                """
        }
        return result
    }

    private static func state(_ delivery: MessageReport.Delivery) -> String {
        if !delivery.isDone { return "waits" }
        guard let time = delivery.delivered else {
            return delivery.attempts == nil ? "done" : "passed over"
        }
        let names = delivery.remoteIDs.joined(separator: ", ").onOneLine
        return "delivered \(time.inLocalTime) as \(names)"
    }
}
