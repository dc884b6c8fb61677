/// The identities of people who are banned or muted, so that another name does not free them.
///
/// Confined to the bus's loop.
struct Restrictions {
    /// False as long as there was no ban and no mute: then nobody is looked up.
    var isInUse = false
    /// The folded names under which connections and people of other networks were restricted, by
    /// identity.
    private var keys: [UInt64: String] = [:]

    /// The most identities remembered; all are forgotten when there are more.
    private static let maxCount = 10_000

    /// Records the name under which somebody was restricted.
    mutating func record(_ key: String, of identity: UInt64) {
        if keys.count >= Self.maxCount { keys = [:] }
        keys[identity] = key
    }

    /// Records the new name of somebody who was restricted under an old one.
    mutating func move(_ identity: UInt64, from old: String, to new: String) {
        if keys[identity] == old { keys[identity] = new }
    }

    /// Returns the name under which somebody was restricted.
    func key(of identity: UInt64) -> String? { keys[identity] }
}
