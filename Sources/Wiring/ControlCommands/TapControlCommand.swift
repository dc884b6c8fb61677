import JSON
import MessageBus

/// The command `puente tap`, which shows the messages that pass now.
///
/// Sends an object for each message, and `{"missed":N}` for those that could not be shown in time.
///
/// Runs on the loop of the control socket, as every `ControlCommand` does.
struct TapControlCommand: ControlCommand {
    let bus: Bus

    var name: String { "tap" }
    var isPausable: Bool { true }

    func run(_ request: ControlRequest, _ answer: ControlAnswer) async -> CommandStatus {
        var filter = TapFilter()
        filter.room = request.arguments["room"].string
        filter.bridge = request.arguments["bridge"].string
        filter.judgements =
            request.arguments["verdict"].string.flatMap(TapFilter.Judgements.init) ?? .all
        if let problem = await problem(with: filter) {
            answer.sendProblem("puente: \(problem)")
            return .unavailable
        }
        let tap = MessageTap(filter)
        await bus.attach(tap)
        // The command line can say that it looks on from here.
        answer.send(.object(["tapping": .bool(true)]))
        await show(tap, answer)
        await bus.detach(tap)
        return .success
    }

    /// Returns why nothing could ever be shown; `nil` if that is not so.
    private func problem(with filter: TapFilter) async -> String? {
        let (rooms, bridges) = await bus.perform { bus in
            (bus.rooms.map(\.name), bus.bridges.map(\.name))
        }
        if let room = filter.room, !rooms.contains(room) {
            return "there is no room \(room.quoted)\(Suggestion.ending(for: room, among: rooms))"
        }
        if let bridge = filter.bridge, !bridges.contains(bridge) {
            return
                "there is no bridge \(bridge.quoted)\(Suggestion.ending(for: bridge, among: bridges))"
        }
        return nil
    }

    /// Sends what passes until the client is gone.
    private func show(_ tap: MessageTap, _ answer: ControlAnswer) async {
        var missed = 0
        while !answer.isClosed, let next = try? await tap.next() {
            missed += next.missed
            for event in next.events where !answer.send(event.json) { missed += 1 }
            if missed > 0, answer.send(.object(["missed": .integer(Int64(missed))])) { missed = 0 }
            // Others wait for this loop, too.
            await Task.yield()
        }
    }
}

extension TapEvent {
    /// The message for the command line.
    fileprivate var json: JSON {
        var members: [String: JSON] = [
            "number": .integer(Int64(clamping: number.rawValue)),
            "milliseconds": .integer(time.milliseconds),
            "kind": .text("\(kind)"), "room": .text(room), "sender": .text(sender.name),
            "bridge": .text(sender.bridge), "bytes": .integer(Int64(count)),
            "verdict": .text(drop == nil ? "passed" : "dropped"),
            "steps": .list(steps.map(\.json)),
        ]
        if let receiver { members["to"] = .text(receiver.name) }
        if let text { members["text"] = .text(String(decoding: text, as: UTF8.self)) }
        // A drop by no step: the bus itself did not take it.
        if let drop, !steps.contains(where: { $0.drop != nil }) {
            members["code"] = .text(drop.code)
            members["reason"] = .text(drop.reason)
        }
        return .object(members)
    }
}

extension TapEvent.Step {
    fileprivate var json: JSON {
        guard let drop else {
            return .object(["step": .text(label), "action": .text("changed")])
        }
        return .object([
            "step": .text(label), "action": .text("dropped"), "code": .text(drop.code),
            "reason": .text(drop.reason),
        ])
    }
}
