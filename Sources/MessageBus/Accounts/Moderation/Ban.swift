/// A ban: somebody who may not be here until it ends.
package struct Ban: Sendable, Hashable {
    /// The name or the addresses that a ban keeps out.
    package enum Subject: Sendable, Hashable {
        /// A folded name, with the bus's parentheses if it has some.
        case name(String)
        /// An address or a block of addresses.
        case addresses(AddressBlock)
    }

    /// The subject that it keeps out.
    package let subject: Subject
    /// The name as people read it, or the block.
    package let shown: String
    /// The account that had the name, so that another name does not help.
    package var account: AccountID?
    /// The name of whoever gave it; empty for the command line.
    package let giver: String
    /// The reason, for the one it keeps out; may be empty.
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
