import Chat
import MessageBus

/// The plan that is being sent to a chat, and what is known of whether its next part has arrived.
///
/// A value of the chat's outbox; a checkpoint that it returns is kept before anything else happens.
struct PendingSend: Sendable, Equatable {
    /// The progress of the plan.
    enum State: Sendable, Equatable {
        /// Nothing is being sent.
        case nothing
        /// Some parts have arrived, and the next one surely has not.
        case begun(SendPlan)
        /// The next part is being sent.
        case underWay(SendPlan)
        /// The next part was sent, and nobody knows whether it has arrived: the same part is sent
        /// again, and nothing else.
        case perhapsArrived(SendPlan)
        /// The next part was being sent when an earlier run ended.
        case restored(SendPlan)
    }

    /// The preparation for sending a part.
    enum Preparation: Sendable, Equatable {
        /// The checkpoint has to be kept.
        case save(Checkpoint)
        /// An earlier run may have sent the part already.
        case mayRepeat
        /// Nothing is left to do: the checkpoint was stored before.
        case ready
    }

    private(set) var state = State.nothing
    /// The store's name for the chat.
    private let channel: String

    /// Makes the state that an earlier run has left in the store.
    init(for channel: String, restoring sendPlan: SendPlan? = nil) {
        self.channel = channel
        guard let sendPlan else { return }
        state = sendPlan.isUnderWay ? .restored(sendPlan) : .begun(sendPlan)
    }

    /// The plan; nil if nothing is being sent.
    var sendPlan: SendPlan? {
        switch state {
        case .nothing: nil
        case .begun(let sendPlan), .underWay(let sendPlan), .perhapsArrived(let sendPlan),
            .restored(let sendPlan):
            sendPlan
        }
    }

    /// Records that the next part of a plan is about to be sent.
    mutating func begin(_ sendPlan: SendPlan) -> Preparation {
        var sendPlan = sendPlan
        sendPlan.isUnderWay = true
        switch state {
        case .restored(sendPlan):
            state = .perhapsArrived(sendPlan)
            return .mayRepeat
        case .perhapsArrived(sendPlan), .underWay(sendPlan): return .ready
        default:
            state = .underWay(sendPlan)
            return .save(sendPlan.checkpoint(for: channel))
        }
    }

    /// Records that an answer was lost; returns true if none was lost before.
    mutating func recordLostAnswer() -> Bool {
        guard case .underWay(let sendPlan) = state else { return false }
        state = .perhapsArrived(sendPlan)
        return true
    }

    /// Records that Telegram has not taken the part, at least not this time; returns the checkpoint
    /// to keep.
    mutating func recordNotArrived() -> Checkpoint? {
        // Another answer says nothing about an earlier attempt that may have arrived.
        guard case .underWay(var sendPlan) = state else { return nil }
        if sendPlan.done == 0 {
            // More messages may come that can be sent with it.
            state = .nothing
            return Checkpoint(key: SendPlan.checkpointKey(channel), state: [])
        }
        sendPlan.isUnderWay = false
        state = .begun(sendPlan)
        return sendPlan.checkpoint(for: channel)
    }

    /// Records that a part is done with, arrived or skipped, and others are to follow; returns the
    /// checkpoint to keep.
    mutating func advance(to next: SendPlan) -> Checkpoint {
        state = .begun(next)
        return next.checkpoint(for: channel)
    }

    /// Discards a plan that Telegram will never take as it is; returns the checkpoint to keep.
    mutating func discard() -> Checkpoint? {
        guard state != .nothing else { return nil }
        state = .nothing
        return Checkpoint(key: SendPlan.checkpointKey(channel), state: [])
    }

    /// Records that all of the plan is done with; the acknowledgement says so in the store.
    mutating func finish() { state = .nothing }
}
