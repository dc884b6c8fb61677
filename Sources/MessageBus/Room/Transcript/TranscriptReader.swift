/// A reader that passes a transcript on to sockets.
package protocol TranscriptReader: AnyObject {
    /// Called when there are new bytes, to send them now.
    func transcriptGrew(_ feed: RoomFeed)
}
