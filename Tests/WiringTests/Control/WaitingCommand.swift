import MessageBus

@testable import Wiring

/// Waits until it is cancelled.
final class WaitingCommand: ControlCommand {
    let hasBegun = BroadcastSignal()
    let hasEnded = BroadcastSignal()

    var name: String { "wait" }

    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        hasBegun.send()
        await BroadcastSignal().wait(since: 0)
        hasEnded.send()
        return .success
    }
}
