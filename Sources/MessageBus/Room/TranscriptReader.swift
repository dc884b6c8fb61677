/// Somebody who passes a transcript on to sockets.
package protocol TranscriptReader: AnyObject {
    /// There are new bytes: send them now.
    func transcriptGrew(_ feed: RoomFeed)
}
