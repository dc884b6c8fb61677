import Chat
import MessageBus

/// The answer to `/rooms`: the rooms, with the number of people in each at the time of the command.
///
/// Confined to the bus's loop, which `AnswerLists` checks.
final class RoomList: AnswerList {
    private let rooms: [RoomReaders]
    private let populations: [Int]
    /// The room of the client that asked.
    private let own: RoomReaders
    private let phrases: Phrases
    private var next = 0

    init(_ rooms: [RoomReaders], own: RoomReaders, _ phrases: Phrases) {
        self.rooms = rooms
        populations = rooms.map(\.room.population)
        self.own = own
        self.phrases = phrases
    }

    // The array of rooms is shared with the server.
    var heldBytes: Int { 256 + populations.count * MemoryLayout<Int>.stride }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < rooms.count {
            if piece.count >= ClientOutput.listPieceBytes { return .more }
            let text = phrases.room(
                rooms[next].room.name, people: populations[next], isOwn: rooms[next] === own)
            piece.append(contentsOf: "\(phrases.answer(.info, text))\n".utf8)
            next += 1
        }
        piece.append(contentsOf: "\(phrases.answer(.ok, phrases.count(next)))\n".utf8)
        return .end
    }
}
