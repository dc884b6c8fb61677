import MessageBus
import TimeUnits

/// A configured channel, joined or not; `JoinedNetwork` owns it, on the bus's loop.
struct JoinedChannel: Sendable {
    /// The bridge's membership of the channel.
    enum Membership: Sendable, Equatable {
        /// Not in it.
        case outside
        /// The bridge has asked to be let in, at a time.
        case joining(MonotonicTime)
        /// In it, since a time.
        case inside(MonotonicTime)
    }

    /// Its name in lower case: its key in tables and in the store.
    let id: String
    let name: String
    let key: Secret?
    let room: String
    var membership = Membership.outside
    /// The time, by the loop's clock, at which the bridge asks again to be let in, or tries again
    /// to say something.
    var retryAt = MonotonicTime.distantPast
    /// The pauses between two attempts to get in.
    var joinBackoff = Backoff(from: .seconds(5), to: .seconds(300))
    /// The pauses between two attempts to say something.
    var speakBackoff = Backoff(from: .seconds(10), to: .seconds(300))
    /// True while the channel takes nothing.
    var isMuted = false
    /// True if the room knows that the channel can't be joined.
    var isClosedTold = false
    /// True if the room knows that the bridge was kicked.
    var isKickTold = false
    /// True if the room knows that the channel takes nothing.
    var isMutedTold = false

    init(_ entry: ChannelRooms.Entry) {
        name = entry.channel
        id = entry.channel.lowercased()
        key = entry.key
        room = entry.room.text
    }

    /// True if the bridge is in it.
    var isInside: Bool { if case .inside = membership { true } else { false } }
}
