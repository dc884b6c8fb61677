import MessageBus

/// The accounts and reserved names in memory: some 400 bytes for each account.
///
/// Owned by `AccountService`; confined to the bus's loop.
struct AccountTable {
    private var entries: [AccountID: StoredAccounts.Entry] = [:]
    private var ids: [String: AccountID] = [:]
    /// The accounts by their folded names as nicks: `Eva_María` would be taken for `Eva María` on
    /// IRC.
    ///
    /// Files that are older than this rule may have several accounts for one nick.
    private var nickIDs: [String: [AccountID]] = [:]
    private var reserved: [String: Timestamp] = [:]
    /// The time for which names stay reserved; `nil`: for ever.
    private let history: Duration?

    init(history: Duration?) { self.history = history }

    /// Number of accounts and reserved names.
    var count: Int { entries.count + reserved.count }

    /// The folded names of all relays.
    var relayKeys: [String] {
        entries.values.filter { $0.account.role == .relay }.map(\.account.key)
    }

    /// Returns the account with a folded name.
    func account(named key: String) -> Account? {
        ids[key].flatMap { entries[$0]?.account }
    }

    /// Returns an account by its number.
    func account(_ id: AccountID) -> Account? { entries[id]?.account }

    /// Returns the version in which the password of an account was last changed.
    func passwordVersion(of id: AccountID) -> Int64? { entries[id]?.passwordVersion }

    /// Returns the account whose folded name is a nick; `nil` if there is none, or more than one.
    func account(nick: String) -> Account? {
        guard let ids = nickIDs[nick], ids.count == 1 else { return nil }
        return entries[ids[0]]?.account
    }

    /// Returns true if an account has a folded name, or one that is the same nick.
    func holdsNick(of key: String) -> Bool { nickIDs[NickForm.of(key)] != nil }

    /// Returns true if a name is still reserved for an account that is gone or has another name by
    /// now.
    func isReserved(_ key: String, at now: Timestamp) -> Bool {
        guard let since = reserved[key] else { return false }
        return history.map { now < since + $0 } ?? true
    }

    /// Takes what has changed, and returns the changes for observers, in their order.
    mutating func apply(_ stored: StoredAccounts) -> [AccountChange] {
        var changes: [AccountChange] = []
        if stored.isWhole {
            // In another file the same number may be somebody else's.
            let present = Dictionary(
                stored.accounts.map { ($0.account.id, $0.account.key) },
                uniquingKeysWith: { first, _ in first })
            for (id, entry) in entries where present[id] != entry.account.key {
                remove(id)
                changes.append(.removed(entry.account))
            }
            reserved = [:]
        }
        for entry in stored.accounts { apply(entry, into: &changes) }
        for name in stored.reservedNames { reserved[name.key] = name.isFreed ? nil : name.time }
        return changes
    }

    private mutating func apply(
        _ entry: StoredAccounts.Entry, into changes: inout [AccountChange]
    ) {
        let account = entry.account
        let old = entries[account.id]
        if entry.isRemoved {
            guard let old else { return }
            remove(account.id)
            changes.append(.removed(old.account))
            return
        }
        if let old { remove(old.account.id) }
        entries[account.id] = entry
        ids[account.key] = account.id
        nickIDs[NickForm.of(account.key), default: []].append(account.id)
        guard let old else {
            changes.append(.created(account))
            return
        }
        if old.account.name != account.name { changes.append(.renamed(account, from: old.account)) }
        if old.account.role != account.role {
            changes.append(.roleChanged(account, from: old.account.role))
        }
        if old.passwordVersion != entry.passwordVersion {
            changes.append(.passwordChanged(account, except: 0))
        }
    }

    private mutating func remove(_ id: AccountID) {
        guard let old = entries.removeValue(forKey: id) else { return }
        // Another account may have the name by now.
        if ids[old.account.key] == id { ids[old.account.key] = nil }
        let nick = NickForm.of(old.account.key)
        let others = nickIDs[nick]?.filter { $0 != id } ?? []
        nickIDs[nick] = others.isEmpty ? nil : others
    }
}
