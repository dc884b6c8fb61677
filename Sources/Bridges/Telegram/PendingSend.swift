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
    init(for channel: String, recalling plan: SendPlan? = nil) {
        self.channel = channel
        guard let plan else { return }
        state = plan.isUnderWay ? .recalled(plan) : .begun(plan)
    }

    /// What it is about, nil if there is nothing.
    var plan: SendPlan? {
        switch state {
        case .nothing: nil
        case .begun(let plan), .underWay(let plan), .perhapsArrived(let plan), .recalled(let plan):
            plan
        }
    }

    /// The next part of a plan is about to be sent.
    mutating func depart(_ plan: SendPlan) -> Departure {
        var plan = plan
        plan.isUnderWay = true
        switch state {
        case .recalled(plan):
            state = .perhapsArrived(plan)
            return .perhapsAgain
        case .perhapsArrived(plan), .underWay(plan): return .known
        default:
            state = .underWay(plan)
            return .keep(plan.checkpoint(for: channel))
        }
    }

    /// An answer was lost; returns whether that is news.
    mutating func mayHaveArrived() -> Bool {
        guard case .underWay(let plan) = state else { return false }
        state = .perhapsArrived(plan)
        return true
    }

    /// Telegram has not taken it, at least not this time; returns what is to be kept.
    mutating func hasNotArrived() -> Checkpoint? {
        // Of what may have arrived before, one more answer says nothing.
        guard case .underWay(var plan) = state else { return nil }
        if plan.done == 0 {
            // More may come that goes with it.
            state = .nothing
            return Checkpoint(source: SendPlan.source(channel), state: [])
        }
        plan.isUnderWay = false
        state = .begun(plan)
        return plan.checkpoint(for: channel)
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
