import MessageBus

/// A list of the people in a room, as they were when it was asked for.
///
/// Confined to the bus's loop.
final class PeopleList: AnswerList {
    private let people: [Sender]
    private let words: Phrases
    private var next = 0

    init(_ people: [Person], _ words: Phrases) {
        self.people = people.map(\.sender)
        self.words = words
    }

    var heldBytes: Int { 256 + people.count * MemoryLayout<Sender>.stride }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < people.count {
            if piece.count >= AnswerLists.pieceBytes { return .more }
            let sender = people[next]
            let line = words.answer(.info, words.person(sender.name, on: sender.bridge))
            piece.append(contentsOf: "\(line)\n".utf8)
            next += 1
        }
        piece.append(contentsOf: "\(words.answer(.ok, words.count(next)))\n".utf8)
        return .end
    }
}
