import Chat
import MessageBus

/// The answer with private messages: those of `/history @NAME`, or those that were left.
///
/// Confined to the bus's loop, which `AnswerLists` checks.
final class PrivateMessageList: AnswerList {
    private let messages: [PrivateMessage]
    private let history: HistoryRenderer
    /// The chain that judges what is shown; it remembers the messages of this list alone.
    private let chain: Chain
    private var next = 0
    private var shown = 0

    /// Bytes of a message apart from its text.
    private static let bytesOfMessage = 256

    /// Makes a list at its beginning.
    ///
    /// - Parameter messages: the messages, the oldest first.
    init(_ messages: [PrivateMessage], by history: HistoryRenderer) {
        self.messages = messages
        self.history = history
        chain = history.freshChain()
    }

    var heldBytes: Int {
        messages.reduce(256) { $0 + Self.bytesOfMessage + $1.text.utf8.count }
    }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < messages.count {
            if piece.count >= ClientOutput.listPieceBytes { return .more }
            for message in history.judged(Message(messages[next]), by: chain) {
                history.append(message, as: .answer, to: &piece)
                shown += 1
            }
            next += 1
        }
        history.appendCount(shown, to: &piece)
        return .end
    }
}
