import JSON
import MessageBus

/// The command `puente reload`: makes the running daemon reread its configuration.
struct ReloadControlCommand: ControlCommand {
    /// `reload`.
    var name: String { "reload" }

    private let gate: ReloadGate

    init(_ gate: ReloadGate) { self.gate = gate }

    /// Reloads, and sends the plan and the result; the reload continues even if the client is gone.
    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        guard let file = request.arguments["file"].string else {
            answer.sendProblem("puente: reload needs the path of the configuration")
            return .unavailable
        }
        let isPlan = request.arguments["plan"].isTrue
        let outcome = await gate.reload(file, isPlan: isPlan)
        for line in outcome.problems { answer.sendProblem(line) }
        for line in outcome.lines { answer.sendLine(line) }
        if outcome.isTaken || isPlan && outcome.status == .differs {
            answer.sendLine(outcome.summary)
        } else {
            answer.sendProblem("puente: not reloaded: \(outcome.summary)")
        }
        return outcome.status
    }
}
