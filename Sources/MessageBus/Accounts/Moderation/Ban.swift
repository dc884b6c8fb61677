/// A ban, which keeps a name or a block of addresses out until it ends.
package struct Ban: Sendable, Hashable {
    /// The name or the addresses that a ban keeps out.
    package enum Subject: Sendable, Hashable {
        /// A folded name, with the bus's parentheses if it has some.
        case name(String)
        /// An address or a block of addresses.
        case addresses(AddressBlock)
    }

    /// The name or the addresses that are kept out.
    package let subject: Subject
    /// The name as people read it, or the block.
    package let shown: String
    /// The account that had the name; the ban stays with it when its name changes.
    package var account: AccountID?
    /// The name of the person who gave the ban; empty for the command line.
    package let giver: String
    /// The reason that is told to whoever is kept out; may be empty.
    package let reason: String
    /// The moment when it was given.
    package let time: Timestamp
    /// The moment when it ends; `nil`: never.
    package let end: Timestamp?

    /// Makes a ban.
    package init(
        of subject: Subject, shown: String, account: AccountID? = nil, by giver: String,
        reason: String, at time: Timestamp, until end: Timestamp?
    ) {
        self.subject = subject
        self.shown = shown
        self.account = account
        self.giver = giver
        self.reason = reason
        self.time = time
        self.end = end
    }
}
