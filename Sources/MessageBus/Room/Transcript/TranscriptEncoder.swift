/// An encoder of messages into a transcript, in the form that its readers speak.
package protocol TranscriptEncoder {
    /// The form in which it writes.
    var framing: TranscriptFraming { get }

    /// Encodes messages of an arena from the range's beginning on, the dropped ones left out, until
    /// the transcript's head has passed `limit` or the range ends. Returns the first message left.
    func encode(
        _ arena: MessageArena, _ range: Range<Int>, into transcript: Transcript,
        until limit: TranscriptOffset
    ) -> Int
}

extension TranscriptEncoder {
    /// Lines.
    package var framing: TranscriptFraming { .lines }
}
