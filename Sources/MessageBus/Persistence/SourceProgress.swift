/// How far the sources of a bridge have got.
package struct SourceProgress: Sendable {
    package let bridge: String
    package let checkpoints: [Checkpoint]
    /// What messages that were taken with it are called where they came from.
    package let links: [(channel: DurableReader.Channel, link: Link)]
    /// True if what it replaces holds something that was deleted.
    package var isErasing = false

    package init(
        bridge: String, checkpoints: [Checkpoint],
        links: [(channel: DurableReader.Channel, link: Link)] = []
    ) {
        self.bridge = bridge
        self.checkpoints = checkpoints
        self.links = links
    }
}
