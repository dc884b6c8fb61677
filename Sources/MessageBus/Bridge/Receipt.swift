/// What became of a draft.
public struct Receipt: Sendable, Equatable {
    /// The number it was given; dropped messages have one too.
    public let number: UInt64
    /// Whether it is in the room's log, or why not.
    public let verdict: Verdict
}
