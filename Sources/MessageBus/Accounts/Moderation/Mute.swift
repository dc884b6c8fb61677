/// A mute, which keeps somebody from speaking until it ends.
package struct Mute: Sendable, Hashable {
    /// The folded name, with the bus's parentheses if it has some.
    package let key: String
    /// The name as people read it.
    package let shown: String
    /// The account that had the name; the mute stays with it when its name changes.
    package var account: AccountID?
    /// The name of the person who gave the mute.
    package let giver: String
    /// The moment when it was given.
    package let time: Timestamp
    /// The moment when it ends; `nil`: never.
    package let end: Timestamp?

    /// Makes a mute.
    package init(
        of key: String, shown: String, account: AccountID? = nil, by giver: String,
        at time: Timestamp, until end: Timestamp?
    ) {
        self.key = key
        self.shown = shown
        self.account = account
        self.giver = giver
        self.time = time
        self.end = end
    }
}
