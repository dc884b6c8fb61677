/// The result of publishing a draft.
public struct Receipt: Sendable, Equatable {
    /// The number that the message was given; dropped messages have one too.
    public let number: MessageNumber
    /// The verdict: pass if the message is in the room's log.
    public let verdict: Verdict
}
