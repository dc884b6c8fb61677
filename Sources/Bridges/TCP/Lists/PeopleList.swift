import Chat
import MessageBus

/// The answer to `/who`: the people in a room at the time of the command.
///
/// Confined to the bus's loop, which `AnswerLists` checks.
final class PeopleList: AnswerList {
    private let people: [(sender: Sender, bridges: [String])]
    private let phrases: Phrases
    private var next = 0

    init(_ people: [Person], in room: Room, _ phrases: Phrases) {
        self.people = people.map { ($0.sender, $0.bridges(in: room)) }
        self.phrases = phrases
    }

    var heldBytes: Int { 256 + people.count * Self.bytesOfPerson }

    /// Approximate bytes of an entry, with the names of a bridge or two.
    private static let bytesOfPerson = 64

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < people.count {
            if piece.count >= ClientOutput.listPieceBytes { return .more }
            let (sender, bridges) = people[next]
            let line = phrases.answer(.info, phrases.person(sender.name, on: bridges))
            piece.append(contentsOf: "\(line)\n".utf8)
            next += 1
        }
        piece.append(contentsOf: "\(phrases.answer(.ok, phrases.count(next)))\n".utf8)
        return .end
    }
}
