/// The result of an attempt to say something.
package enum SpeechResult {
    /// It was said, and the message has this number.
    case said(MessageNumber)
    /// It was said before with the same id, and the message got this number then.
    case saidBefore(MessageNumber)
    /// The bridge's chain or the common one has refused it, or it is not text.
    case dropped(Drop)
    /// The speaker is not in the room, or has left it by now.
    case notHere
    /// The message that it answers is not there, or is in another room, or was deleted.
    case unknownMessage
    /// Too many of the speaker's messages wait already, so that nothing was done, or too many of
    /// the receiver's are unread.
    case full
    /// The receiver is not there, and nothing can be left for them.
    case unknownPerson
}
