/// The password of an account, as it is stored.
package struct Credentials: Sendable {
    /// The account.
    package let account: Account
    /// The hash, as libsodium writes it.
    package let password: String

    /// Makes credentials.
    package init(_ account: Account, password: String) {
        self.account = account
        self.password = password
    }
}

/// The answer to a new account.
package enum AccountCreation: Sendable, Equatable {
    /// It is there.
    case created(Account)
    /// There is an account of that name.
    case registered
    /// The name is reserved since its account was removed or renamed.
    case reserved
}

/// The answer to a new name.
package enum AccountRenaming: Sendable, Equatable {
    /// The account has the name.
    case renamed
    /// There is no such account.
    case unknown
    /// There is another account of that name.
    case registered
    /// The name is reserved since another account was removed or renamed.
    case reserved
}

/// A counter of failed tries, as it is stored.
package struct StoredTries: Sendable, Equatable {
    /// A hash of whom it counts for.
    package let counter: [UInt8]
    /// The times of failures, the oldest first, in milliseconds since 1970.
    package let failures: [Int64]
    /// Seconds by which the last failure put off the next try; 0: not at all.
    package let delay: Int64
    /// The time at which the next attempt is allowed, in milliseconds since 1970; 0: at once.
    package let until: Int64
    /// The time of the last use, in milliseconds since 1970.
    package let used: Int64

    /// Makes a counter.
    package init(counter: [UInt8], failures: [Int64], delay: Int64, until: Int64, used: Int64) {
        self.counter = counter
        self.failures = failures
        self.delay = delay
        self.until = until
        self.used = used
    }
}

/// The permission of a program, without its secret.
package struct Token: Sendable, Equatable {
    /// The name as people read it.
    package let name: String
    /// The name folded.
    package let key: String
    /// The account that it belongs to; `nil` for one of the operator's.
    package let account: AccountID?
    /// The only room that it is for; `nil` for all.
    package let room: String?
    /// True if nothing may be said with it.
    package let isReadOnly: Bool
    /// The moment when it was made.
    package let created: Timestamp

    /// Makes a token.
    package init(
        _ name: String, key: String, account: AccountID? = nil, room: String? = nil,
        isReadOnly: Bool = false, created: Timestamp
    ) {
        self.name = name
        self.key = key
        self.account = account
        self.room = room
        self.isReadOnly = isReadOnly
        self.created = created
    }
}
