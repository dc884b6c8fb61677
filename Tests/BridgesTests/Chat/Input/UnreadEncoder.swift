import MessageBus

@testable import Chat
@testable import Sockets

/// An encoder of nothing.
struct UnreadEncoder: MessageEncoder {
    var framing: TranscriptFraming { .webSocketFrames }

    func append(_ message: Message, longest: Int, to bytes: inout [UInt8]) {}

    func lineCount(ofDeleted message: Message) -> Int { 1 }

    func encode(
        _ arena: MessageArena, _ range: Range<Int>, into transcript: Transcript,
        until limit: TranscriptOffset
    ) -> Int { range.upperBound }
}
