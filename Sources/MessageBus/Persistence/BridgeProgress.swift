/// The progress of a bridge: its checkpoints, and links of its messages.
package struct BridgeProgress: Sendable {
    package let bridge: String
    package let checkpoints: [Checkpoint]
    /// Links of messages that were handed over with it.
    package let links: [(channel: DurableReader.Channel, link: Link)]
    /// True if what it replaces holds something that was deleted.
    package var isErasing = false
    /// True if somebody waits until it is kept.
    package var isAwaited = true

    package init(
        bridge: String, checkpoints: [Checkpoint],
        links: [(channel: DurableReader.Channel, link: Link)] = []
    ) {
        self.bridge = bridge
        self.checkpoints = checkpoints
        self.links = links
    }
}
