/// The direction in which a bridge carries messages.
public enum Direction: String, Sendable, CaseIterable, OptionValue {
    case both
    /// In only.
    case `in`
    /// Out only.
    case out
}
