import MessageBus

/// The position among the stored messages of a reader that the transcript has overtaken.
package struct StoreCatchUp: Equatable {
    /// The last message that it was sent, or that it need not be sent.
    package let number: MessageNumber
    /// Lines of later messages that it was sent already.
    package let linesSent: Int

    package init(number: MessageNumber, linesSent: Int) {
        self.number = number
        self.linesSent = linesSent
    }

    /// Makes the position of a place in a transcript; `nil` if that is no longer known.
    package init?(_ transcript: Transcript, at position: TranscriptOffset, line: TranscriptLine) {
        guard let mark = transcript.mark(before: position), mark.line <= line else { return nil }
        self.init(number: mark.number, linesSent: line - mark.line)
    }
}
