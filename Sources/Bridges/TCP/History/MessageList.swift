import Chat
import MessageBus

/// A list of earlier messages: their numbers, and how they are shown.
///
/// Confined to the bus's loop, which `AnswerLists` checks.
final class MessageList: AnswerList {
    /// The form in which messages are shown.
    enum Form {
        /// Lines of an answer, each with its number and time, and the count at the end.
        case answer
        /// The lines that the room saw.
        case plain
    }

    private let numbers: [MessageNumber]
    private let room: Room
    private let form: Form
    private let history: HistoryRenderer
    /// The chain that judges what is shown; it remembers the messages of this list alone.
    private let chain: Chain
    private var next = 0
    private var shown = 0
    /// The numbers that the store was asked for.
    private var asked: [MessageNumber] = []
    /// The messages that the store has answered with, the next one last.
    private var fetched: [Message] = []
    /// The greatest number about which the store has answered.
    private var fetchedThrough: MessageNumber = 0

    /// Messages that the store is asked for at once: about a piece of a list.
    private static let maxFetched = 64

    /// Makes a list at its beginning.
    ///
    /// - Parameter numbers: the numbers of the messages, rising.
    init(_ numbers: [MessageNumber], in room: Room, as form: Form, by history: HistoryRenderer) {
        self.numbers = numbers
        self.room = room
        self.form = form
        self.history = history
        chain = history.freshChain()
    }

    var heldBytes: Int { 256 + numbers.count * MemoryLayout<MessageNumber>.stride }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < numbers.count {
            if piece.count >= ClientOutput.listPieceBytes { return .more }
            let number = numbers[next]
            if number <= fetchedThrough {
                if fetched.last?.number == number { show(fetched.removeLast(), in: &piece) }
            } else if let message = room.log.message(numbered: number) {
                show(message, in: &piece)
            } else if bus.keepsMessages {
                asked = numbers[next...].prefix(Self.maxFetched).filter {
                    room.log.message(numbered: $0) == nil
                }
                return .needs(asked)
            }
            next += 1
        }
        if form == .answer { history.appendCount(shown, to: &piece) }
        return .end
    }

    func supply(_ run: StoredRun) {
        fetched = run.messages.reversed()
        // Numbers that the store does not have are left out.
        let last = run.isComplete ? asked.last : run.messages.last?.number
        if let last { fetchedThrough = last }
        asked = []
    }

    private func show(_ message: Message, in piece: inout [UInt8]) {
        for message in history.judged(message, by: chain) {
            history.append(message, as: form, to: &piece)
            shown += 1
        }
    }
}
