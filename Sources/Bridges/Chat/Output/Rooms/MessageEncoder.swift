import MessageBus

/// An encoder of messages in the form of a transcript, which also encodes those that a reader gets
/// from the store: both must be the same, line by line.
package protocol MessageEncoder: TranscriptEncoder {
    /// Appends a message's lines as the room's readers get them; none of a message that is deleted.
    ///
    /// - Parameter longest: bytes of a line at most, ending included; longer ones are cut, as in
    ///   the room.
    func append(_ message: Message, longest: Int, to bytes: inout [UInt8])

    /// Returns the number of lines that a message had before it was deleted.
    func lineCount(ofDeleted message: Message) -> Int
}

extension ChatEncoder: MessageEncoder {
    /// Returns the number of lines that a message had before it was deleted: its text keeps their
    /// ends.
    package func lineCount(ofDeleted message: Message) -> Int { message.body.count + 1 }
}
