/// A server that sends the lines of a room's transcript to its clients, each of which has a cursor.
///
/// Confined to the bus's loop.
package protocol RoomFeedDelegate: AnyObject {
    /// Sends the new bytes of a feed to the clients that read it.
    ///
    /// Called at the end of a turn, and within it when a quarter of the transcript is new: later
    /// lines may overwrite bytes that are not sent now.
    func transcriptGrew(_ feed: RoomFeed)
}
