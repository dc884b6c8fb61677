/// A reader with a cursor that outlives the process.
package struct DurableReader: Sendable, Hashable {
    /// The other side: a bridge, and a chat within it.
    package struct Channel: Sendable, Hashable {
        package let bridge: String
        /// Empty where a bridge has only one.
        package let name: String

        package init(bridge: String, name: String? = nil) {
            self.bridge = bridge
            self.name = name ?? ""
        }

        /// The channel for links of its messages that were dropped: none of them is quoted.
        package var dropped: Channel { Channel(bridge: bridge, name: "\(name) dropped") }
    }

    package let channel: Channel
    package let room: String

    package init(_ channel: Channel, room: String) {
        self.channel = channel
        self.room = room
    }
}
