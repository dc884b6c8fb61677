import IRC

/// Lines that go out together and are confirmed together: one line, or a batch of several.
struct OutgoingUnit: Sendable {
    /// The progress of the unit on this connection.
    enum State: Sendable, Equatable {
        case waiting
        /// It went out, under a number that rises with the order.
        case sent(Int)
        case confirmed
    }

    /// The texts in it; none if it is not a text.
    let texts: [String]
    /// The lines, without a label.
    let lines: [IRCMessage]
    var state = State.waiting

    /// True if it is on its way.
    var isSent: Bool { if case .sent = state { true } else { false } }
}
