import Chat
import MessageBus

/// What is under way to a chat, and what is known of whether it has arrived.
///
/// A value of the lane's that ships; what it asks to have kept is kept before anything else happens.
struct PendingSend: Sendable, Equatable {
    /// How far it is.
    enum State: Sendable, Equatable {
        /// Nothing is under way.
        case nothing
        /// Some parts have arrived, and the next one surely has not.
        case begun(SendPlan)
        /// It is being sent.
        case underWay(SendPlan)
        /// It was sent, and nobody knows whether it has arrived: the same is sent again, nothing else.
        case perhapsArrived(SendPlan)
        /// It was being sent when an earlier run ended.
        case recalled(SendPlan)
    }

    /// What has to happen before it is sent.
    enum Departure: Sendable, Equatable {
        /// It has to be kept.
        case keep(Checkpoint)
        /// An earlier run may have sent it already.
        case perhapsAgain
        /// It was kept before.
        case known
    }

    private(set) var state = State.nothing
    /// What the store knows the chat by.
    private let channel: String

    /// Makes one with what the store has kept of an earlier run.
    init(for channel: String, recalling sendPlan: SendPlan? = nil) {
        self.channel = channel
        guard let sendPlan else { return }
        state = sendPlan.isUnderWay ? .recalled(sendPlan) : .begun(sendPlan)
    }

    /// What it is about, nil if there is nothing.
    var sendPlan: SendPlan? {
        switch state {
        case .nothing: nil
        case .begun(let sendPlan), .underWay(let sendPlan), .perhapsArrived(let sendPlan),
            .recalled(let sendPlan):
            sendPlan
        }
    }

    /// The next part of a plan is about to be sent.
    mutating func depart(_ sendPlan: SendPlan) -> Departure {
        var sendPlan = sendPlan
        sendPlan.isUnderWay = true
        switch state {
        case .recalled(sendPlan):
            state = .perhapsArrived(sendPlan)
            return .perhapsAgain
        case .perhapsArrived(sendPlan), .underWay(sendPlan): return .known
        default:
            state = .underWay(sendPlan)
            return .keep(sendPlan.checkpoint(for: channel))
        }
    }

    /// An answer was lost; returns whether that is news.
    mutating func mayHaveArrived() -> Bool {
        guard case .underWay(let sendPlan) = state else { return false }
        state = .perhapsArrived(sendPlan)
        return true
    }

    /// Telegram has not taken it, at least not this time; returns what is to be kept.
    mutating func hasNotArrived() -> Checkpoint? {
        // Of what may have arrived before, one more answer says nothing.
        guard case .underWay(var sendPlan) = state else { return nil }
        if sendPlan.done == 0 {
            // More may come that goes with it.
            state = .nothing
            return Checkpoint(source: SendPlan.source(channel), state: [])
        }
        sendPlan.isUnderWay = false
        state = .begun(sendPlan)
        return sendPlan.checkpoint(for: channel)
    }

    /// A part is done with, arrived or passed over, and others are to follow; returns what is to be
    /// kept.
    mutating func goOn(with next: SendPlan) -> Checkpoint {
        state = .begun(next)
        return next.checkpoint(for: channel)
    }

    /// Telegram will never take it as it is; returns what is to be kept.
    mutating func giveUp() -> Checkpoint? {
        guard state != .nothing else { return nil }
        state = .nothing
        return Checkpoint(source: SendPlan.source(channel), state: [])
    }

    /// All of it is done with; the reader's place says so in the store.
    mutating func end() { state = .nothing }
}
