import MessageBus

/// A text together with what a pattern sees: its form (`FoldedText`), or the text as it is.
@safe package struct SeenText {
    /// The text.
    package let text: UnsafeRawBufferPointer
    /// The bytes that the pattern sees.
    package let form: UnsafeRawBufferPointer
    private let folding: FoldedText?

    /// Folds a text for a pattern; valid as long as the text and until the folding is used again.
    ///
    /// - Parameter folding: `nil` if patterns are to see the text as it is.
    package init(_ text: UnsafeRawBufferPointer, by pattern: Pattern, _ folding: FoldedText?) {
        unsafe self.text = text
        self.folding = pattern.isExact ? nil : folding
        unsafe form = self.folding?.form(of: text) ?? text
    }

    /// Returns the part of the text that a part of the form stands for.
    package func original(of range: Range<Int>) -> Range<Int> {
        folding?.original(of: range) ?? range
    }
}
