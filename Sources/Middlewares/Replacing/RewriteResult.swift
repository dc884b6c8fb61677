/// The result of `Matcher.rewrite`, which replaces the matches in a text for `replace` and
/// `redact`.
enum RewriteResult {
    /// Nothing matched; nothing was written.
    case unchanged
    /// The result holds the new text.
    case changed
    /// The new text would be too long; the result is unusable.
    case tooLong
}
