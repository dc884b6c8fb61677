import MessageBus
import Patterns

/// What became of a text whose matches were to be replaced.
enum Rewriting {
    /// Nothing matched; nothing was written.
    case unchanged
    /// The result holds the new text.
    case changed
    /// The new text would be too long; the result is of no use.
    case tooLong
}

extension Matcher {
    /// Writes a text with all matches replaced.
    ///
    /// - Parameters:
    ///   - result: replaced by the new text, if anything matches.
    ///   - limit: the most bytes the new text may have.
    ///   - replacement: appends what takes a match's place, whose groups it can ask for.
    func rewrite(
        _ text: UnsafeRawBufferPointer, into result: inout [UInt8], limit: Int,
        _ replacement: (inout [UInt8]) -> Void
    ) throws(PatternError) -> Rewriting {
        // Most texts don't match, and that is told faster than a walk begins.
        if try !matches(text) { return .unchanged }
        var search = Search(self, in: text)
        guard var match = try search.next() else { return .unchanged }
        result.removeAll(keepingCapacity: true)
        var copied = 0
        while true {
            result.append(contentsOf: text[copied..<match.lowerBound])
            replacement(&result)
            copied = match.upperBound
            if result.count + text.count - copied > limit { return .tooLong }
            guard let following = try search.next() else { break }
            match = following
        }
        result.append(contentsOf: text[copied...])
        return .changed
    }
}
