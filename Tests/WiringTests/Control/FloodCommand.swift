import JSON
import TestSupport

@testable import Wiring

/// Says as much as it can without waiting for its client, on a loop that sends nothing meanwhile.
struct FloodCommand: ControlCommand {
    static let line = String(repeating: "x", count: 1_000)

    var name: String { "flood" }

    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        var sent: Int64 = 0
        while answer.sendLine(Self.line) { sent += 1 }
        // Room for one more line is there once the first part was sent.
        await pollUntil { answer.send(.object(["sent": .integer(sent)])) }
        return .success
    }
}
