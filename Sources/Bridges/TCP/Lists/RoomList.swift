import Chat
import MessageBus

/// A list of the rooms, with how many were in each when it was asked for.
///
/// Confined to the bus's loop.
final class RoomList: AnswerList {
    private let roomReaders: [RoomReaders]
    private let populations: [Int]
    /// Where the one is who asked.
    private let own: RoomReaders
    private let phrases: Phrases
    private var next = 0

    init(_ roomReaders: [RoomReaders], own: RoomReaders, _ phrases: Phrases) {
        self.roomReaders = roomReaders
        populations = roomReaders.map(\.room.population)
        self.own = own
        self.phrases = phrases
    }

    // The list of the halls is the server's.
    var heldBytes: Int { 256 + populations.count * MemoryLayout<Int>.stride }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < roomReaders.count {
            if piece.count >= AnswerLists.pieceBytes { return .more }
            let roomReaders = roomReaders[next]
            let room = phrases.room(
                roomReaders.room.name, people: populations[next], isOwn: roomReaders === own)
            piece.append(contentsOf: "\(phrases.answer(.info, room))\n".utf8)
            next += 1
        }
        piece.append(contentsOf: "\(phrases.answer(.ok, phrases.count(next)))\n".utf8)
        return .end
    }
}
