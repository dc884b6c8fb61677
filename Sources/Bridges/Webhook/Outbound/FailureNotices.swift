import Chat
import MessageBus

/// The notices in the room about messages that were passed over: the first one at once, further
/// ones together, at most once a minute.
///
/// Owned by the outbox.
struct FailureNotices {
    /// The reason why messages were passed over.
    enum Reason: Equatable {
        /// The receiver has rejected them.
        case rejected(String)
        /// The receiver has accepted nothing for too long.
        case givenUp
    }

    private let port: Port
    private let receiver: Receiver
    private var pending: (count: Int, reason: Reason)?
    /// The time from which the room may be told again.
    private(set) var due = Timestamp.epoch

    /// The time between two notices.
    private static let pause = Duration.seconds(60)

    init(_ port: Port, _ receiver: Receiver) {
        self.port = port
        self.receiver = receiver
    }

    /// True if there is something to tell.
    var isPending: Bool { pending != nil }

    /// Adds messages that were passed over, and tells the room if it is time.
    mutating func add(_ count: Int, _ reason: Reason) async {
        pending = ((pending?.count ?? 0) + count, reason)
        await announceIfDue()
    }

    /// Tells the room, if it is time.
    mutating func announceIfDue() async {
        guard await port.now >= due else { return }
        await announce()
    }

    /// Tells the room about the messages that it has not been told about.
    mutating func announce() async {
        guard let (count, reason) = pending else { return }
        pending = nil
        due = await port.now + Self.pause
        let phrases = Phrases(port.language)
        let sentence =
            switch reason {
            case .rejected(let answer):
                phrases.webhookRejects(count, "\(receiver)", answer)
            case .givenUp: phrases.webhookGivesUp(count, "\(receiver)")
            }
        // While the bus stops nobody is told anything any more.
        _ = try? await port.announce(sentence)
    }

    /// Tells the room that the receiver wants no more.
    func announceGone() async {
        _ = try? await port.announce(Phrases(port.language).webhookGone("\(receiver)"))
    }
}
