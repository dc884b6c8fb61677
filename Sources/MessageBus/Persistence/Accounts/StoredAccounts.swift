/// The changes of accounts, reserved names, bans and mutes since a version of the store.
package struct StoredAccounts: Sendable {
    /// A stored account, or the place of one that was removed.
    package struct Entry: Sendable {
        /// The account; name and role of a removed one are those that it had last.
        package let account: Account
        /// The version in which the password was last changed.
        package let passwordVersion: Int64
        /// True if the account is gone.
        package let isRemoved: Bool

        /// Makes an entry.
        package init(_ account: Account, passwordVersion: Int64, isRemoved: Bool) {
            self.account = account
            self.passwordVersion = passwordVersion
            self.isRemoved = isRemoved
        }
    }

    /// A name that nobody else may take.
    package struct ReservedName: Sendable {
        /// The name folded.
        package let key: String
        /// The moment from which it is reserved.
        package let time: Timestamp
        /// True if anybody may have it again.
        package let isFreed: Bool

        /// Makes a reserved name.
        package init(key: String, time: Timestamp, isFreed: Bool) {
            self.key = key
            self.time = time
            self.isFreed = isFreed
        }
    }

    /// The version of the store up to which the changes are listed.
    package var version: Int64
    /// True if the list holds everything that is stored, so that everything known before is void.
    package var isWhole: Bool
    /// Changed accounts, in the order of their versions.
    package var accounts: [Entry] = []
    /// Changed reserved names.
    package var reservedNames: [ReservedName] = []
    /// Changed bans.
    package var bans: [(ban: Ban, isOver: Bool)] = []
    /// Changed mutes.
    package var mutes: [(mute: Mute, isOver: Bool)] = []
    /// All tokens, with the SHA-256 of their secrets.
    package var tokens: [(token: Token, digest: [UInt8])] = []

    /// Makes an empty list.
    package init(version: Int64, isWhole: Bool) {
        self.version = version
        self.isWhole = isWhole
    }
}
