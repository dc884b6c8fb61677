import MessageBus

/// A text and what a pattern sees of it: its form (`FoldedText`), or the text as it is.
package struct SeenText {
    /// The text.
    package let text: UnsafeRawBufferPointer
    /// What is looked at.
    package let form: UnsafeRawBufferPointer
    private let folding: FoldedText?

    /// Makes what a pattern sees, valid as long as the text and until the folding is used again.
    ///
    /// - Parameter folding: `nil` if patterns are to see the text as it is.
    package init(_ text: UnsafeRawBufferPointer, by pattern: Pattern, _ folding: FoldedText?) {
        self.text = text
        self.folding = pattern.isExact ? nil : folding
        form = self.folding?.form(of: text) ?? text
    }

    /// The part of the text that a part of what is looked at stands for.
    package func original(of range: Range<Int>) -> Range<Int> {
        folding?.original(of: range) ?? range
    }
}
