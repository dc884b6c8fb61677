/// Which way a bridge carries.
public enum Direction: String, Sendable, CaseIterable, OptionValue {
    case both
    /// Only brings messages in.
    case `in`
    /// Only takes them out.
    case out
}
