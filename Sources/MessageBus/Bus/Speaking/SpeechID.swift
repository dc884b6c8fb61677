/// The speaker's own name for something said, by which a second time is recognized.
package struct SpeechID: Hashable, Sendable {
    /// The bridge, and the session or token, without its secret.
    package let channel: DurableReader.Channel
    /// The name, which the speaker has made up.
    package let id: String

    /// Makes a name.
    ///
    /// - Parameters:
    ///   - session: the SHA-256 of the session or token.
    ///   - id: the speaker's own name.
    package init(bridge: String, session: [UInt8], id: String) {
        let origin = Origin(session: session, id: id)
        channel = DurableReader.Channel(bridge: bridge, name: origin.channel)
        self.id = id
    }

    /// The origin of a message with that name.
    package var origin: Origin { Origin(channel: channel.name, remoteID: id) }
}
