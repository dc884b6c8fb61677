import Chat
import MessageBus

/// The answer to `/who`: the people in a room at the time of the command.
///
/// Confined to the bus's loop.
final class PeopleList: AnswerList {
    private let people: [Sender]
    private let phrases: Phrases
    private var next = 0

    init(_ people: [Person], _ phrases: Phrases) {
        self.people = people.map(\.sender)
        self.phrases = phrases
    }

    var heldBytes: Int { 256 + people.count * MemoryLayout<Sender>.stride }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < people.count {
            if piece.count >= AnswerLists.pieceBytes { return .more }
            let sender = people[next]
            let line = phrases.answer(.info, phrases.person(sender.name, on: sender.bridge))
            piece.append(contentsOf: "\(line)\n".utf8)
            next += 1
        }
        piece.append(contentsOf: "\(phrases.answer(.ok, phrases.count(next)))\n".utf8)
        return .end
    }
}
