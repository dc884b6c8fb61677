/// The end of an attempt to say something.
package enum SpeechResult {
    /// It is said; the message's number.
    case said(MessageNumber)
    /// It was said before, by the same name; the number that it got then.
    case saidBefore(MessageNumber)
    /// The bridge's chain or the common one has refused it, or it is not text.
    case dropped(Drop)
    /// The speaker is not in the room, or has left it by now.
    case notHere
    /// The message that it answers is not there, or is in another room, or was deleted.
    case unknownMessage
    /// So much of the speaker's waits already that nothing was looked at, or so much of the
    /// receiver's is unread.
    case full
    /// The receiver is not there, and nothing can be left for them.
    case unknownPerson
}
