import Locking
import MessageBus

/// The kit's stand-in for a store: messages, published texts, checkpoints, and the number up to
/// which the program has acknowledged.
///
/// Safe from any thread. It outlives a run of the program.
final class StandInStore: Sendable {
    /// A message that the program is given.
    struct Given: Sendable {
        let number: MessageNumber
        let text: String
    }

    struct State: Sendable {
        var last: MessageNumber = 0
        var given: [Given] = []
        var said: [ProgramRequest.Say] = []
        /// The numbers of the answered messages, in the order of the answers.
        var answers: [MessageNumber] = []
        var checkpoints: [String: String] = [:]
        var acknowledged: MessageNumber = 0
        /// True while the daemon counts as killed: everything that the program says is kept, but
        /// nothing is answered or acknowledged.
        var isDaemonLost = false
        /// The first forbidden thing that the program did.
        var mistake: String?
    }

    private let state = Locked(State())
    /// A word that no program says by itself, so that its own words are not taken for answers.
    private let mark: String

    init() { mark = String(UInt32.random(in: .min ... .max), radix: 36) }

    /// The present state.
    var now: State { state.withLock { $0 } }

    /// Makes messages, and returns them.
    func give(_ count: Int) -> [Given] {
        state.withLock { state in
            let new = (0..<count).map { _ in
                // Numbers have gaps.
                state.last = MessageNumber(
                    rawValue: state.last.rawValue + 1 + UInt64.random(in: 0...1))
                return Given(
                    number: state.last, text: "prueba «\(mark)-\(state.last)» \"ñ\\/\" 🦉")
            }
            state.given += new
            return new
        }
    }

    /// Returns the number of the message that a text answers; `nil` if it answers none.
    private func answered(by text: String) -> MessageNumber? {
        guard let start = text.firstRange(of: "«\(mark)-")?.upperBound else { return nil }
        return MessageNumber(text[start...].prefix { $0.isASCII && $0.isNumber })
    }

    /// The messages that the program has not acknowledged.
    var waiting: [Given] { now.given.filter { $0.number > now.acknowledged } }

    /// Records a text of the program, and returns its number; `nil` if it is not to be answered.
    func say(_ say: ProgramRequest.Say) -> MessageNumber? {
        let answered = answered(by: say.text)
        return state.withLock { state in
            state.said.append(say)
            if let answered { state.answers.append(answered) }
            state.checkpoints.merge(say.checkpoint) { $1 }
            if state.isDaemonLost { return nil }
            state.last = MessageNumber(rawValue: state.last.rawValue + 1)
            return state.last
        }
    }

    /// Records an acknowledgement of the program.
    ///
    /// - Parameter handedOver: the numbers of the messages that it was given in this run.
    func acknowledge(_ number: MessageNumber, handedOver: Set<MessageNumber>) {
        state.withLock { state in
            guard handedOver.contains(number) else {
                if state.mistake == nil {
                    state.mistake = "it acknowledges \(number), which it has not been given"
                }
                return
            }
            if !state.isDaemonLost { state.acknowledged = max(state.acknowledged, number) }
        }
    }

    /// From now on answers and acknowledges nothing, as if the daemon had been killed.
    func loseDaemon() { state.withLock { $0.isDaemonLost = true } }

    /// Answers and acknowledges again, like a daemon that was restarted.
    func restartDaemon() { state.withLock { $0.isDaemonLost = false } }
}
