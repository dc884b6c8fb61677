import MessageBus
import Patterns

// Replacing matches. Confined like the matcher: to the bus's loop, for middlewares.
extension Matcher {
    /// Returns whether the pattern matches somewhere in what it sees of a text.
    ///
    /// - Parameter folding: `nil` if patterns are to see the text as it is.
    @inline(__always)
    func matches(
        _ text: UnsafeRawBufferPointer, by folding: FoldedText?
    ) throws(PatternError) -> Bool {
        try unsafe matches(text, form: folding?.form(of: text) ?? text)
    }

    /// Writes a text with all matches replaced.
    ///
    /// If the pattern was matched against the folded text, the matching characters of the original
    /// are replaced, always whole ones. The matcher must not search inside `replacement`.
    ///
    /// - Parameters:
    ///   - result: replaced by the new text, if anything matches.
    ///   - limit: the most bytes the new text may have.
    ///   - replacement: appends the replacement of a match, whose groups it can ask for.
    func rewrite(
        _ seen: SeenText, into result: inout [UInt8], limit: Int,
        _ replacement: (inout [UInt8]) -> Void
    ) throws(PatternError) -> RewriteResult {
        var search = unsafe Search(self, in: seen.form)
        guard var match = try search.next() else { return .unchanged }
        let text = unsafe seen.text
        result.removeAll(keepingCapacity: true)
        var copied = 0
        while true {
            let part = seen.original(of: match)
            // Two matches may stand for the same character: it is replaced once.
            if part.upperBound > copied || part.lowerBound >= copied {
                unsafe result.append(contentsOf: text[copied..<max(copied, part.lowerBound)])
                replacement(&result)
                copied = part.upperBound
            }
            if result.count + text.count - copied > limit { return .tooLong }
            guard let following = try search.next() else { break }
            match = following
        }
        unsafe result.append(contentsOf: text[copied...])
        return .changed
    }
}
