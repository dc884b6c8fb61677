import Chat
import MessageBus

/// Where a reader that fell out of the transcript's buffer is among the stored messages.
struct StoreCatchUp: Equatable {
    /// The last message it was sent, or of which it needs nothing.
    let number: UInt64
    /// Lines of the messages behind that one it was sent already.
    let linesSent: Int

    init(number: UInt64, linesSent: Int) {
        self.number = number
        self.linesSent = linesSent
    }

    /// Where a place in a transcript is; `nil` if that is no longer known.
    init?(_ transcript: Transcript, at position: TranscriptOffset, line: TranscriptLine) {
        guard let mark = transcript.mark(before: position), mark.line <= line else { return nil }
        self.init(number: mark.number, linesSent: line - mark.line)
    }
}
