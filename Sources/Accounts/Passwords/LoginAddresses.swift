import MessageBus

/// The addresses from which accounts have logged in, held in memory: the loop asks whose turn comes
/// first, and must not wait for the disk.
///
/// Owned by `PasswordChecker`, under its lock. It holds the addresses used last: two halves take
/// turns, and when one is full, the older half is forgotten. An account has 16 addresses at most,
/// so that one account can't push others out.
struct LoginAddresses {
    private var recent: [AccountID: [ClientAddress]] = [:]
    private var older: [AccountID: [ClientAddress]] = [:]

    /// Addresses read from the store at most: some megabytes.
    static let maxStored = 65_536
    /// Accounts in each half: 16 MB if all have 16 addresses.
    private static let maxAccounts = 16_384
    /// The most addresses of one account, as in the store.
    private static let maxAddresses = 16

    /// Makes the table from the store's addresses, the one used last at the end.
    init(_ stored: [(account: AccountID, address: ClientAddress)] = []) {
        for login in stored { record(login.account, at: login.address) }
    }

    /// Returns true if an account has been logged in to from an address.
    func contains(_ id: AccountID, at address: ClientAddress) -> Bool {
        recent[id]?.contains(address) ?? older[id]?.contains(address) ?? false
    }

    /// Records a login.
    mutating func record(_ id: AccountID, at address: ClientAddress) {
        var addresses = recent[id] ?? older[id] ?? []
        addresses.removeAll { $0 == address }
        addresses.append(address)
        if addresses.count > Self.maxAddresses { addresses.removeFirst() }
        recent[id] = addresses
        if recent.count >= Self.maxAccounts { (older, recent) = (recent, [:]) }
    }
}
