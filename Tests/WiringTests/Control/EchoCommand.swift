import JSON

@testable import Wiring

/// Says what it is given.
struct EchoCommand: ControlCommand {
    var name: String { "echo" }

    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        let word = request.arguments["word"].string ?? ""
        answer.sendLine(word)
        answer.sendProblem(word)
        answer.send(.object(["n": .integer(1)]))
        return .differs
    }
}
