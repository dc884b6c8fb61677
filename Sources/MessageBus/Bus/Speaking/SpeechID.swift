/// The speaker's own id for a message, by which a repetition is recognized.
package struct SpeechID: Hashable, Sendable {
    /// The bridge, and the session or token, without its secret.
    package let channel: DurableReader.Channel
    /// The id, which the speaker has made up.
    package let id: String

    /// Makes an id.
    ///
    /// - Parameters:
    ///   - session: the SHA-256 of the session or token.
    ///   - id: the speaker's own id.
    package init(bridge: String, session: [UInt8], id: String) {
        let origin = Origin(session: session, id: id)
        channel = DurableReader.Channel(bridge: bridge, name: origin.channel)
        self.id = id
    }

    /// The origin of a message with that id.
    package var origin: Origin { Origin(channel: channel.name, remoteID: id) }
}
