import MessageBus

/// A list of the rooms, with how many were in each when it was asked for.
///
/// Confined to the bus's loop.
final class RoomList: AnswerList {
    private let halls: [RoomReaders]
    private let populations: [Int]
    /// Where the one is who asked.
    private let own: RoomReaders
    private let words: Phrases
    private var next = 0

    init(_ halls: [RoomReaders], own: RoomReaders, _ words: Phrases) {
        self.halls = halls
        populations = halls.map(\.room.population)
        self.own = own
        self.words = words
    }

    // The list of the halls is the server's.
    var heldBytes: Int { 256 + populations.count * MemoryLayout<Int>.stride }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < halls.count {
            if piece.count >= AnswerLists.pieceBytes { return .more }
            let hall = halls[next]
            let room = words.room(
                hall.room.name, people: populations[next], isOwn: hall === own)
            piece.append(contentsOf: "\(words.answer(.info, room))\n".utf8)
            next += 1
        }
        piece.append(contentsOf: "\(words.answer(.ok, words.count(next)))\n".utf8)
        return .end
    }
}
