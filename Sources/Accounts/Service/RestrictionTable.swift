import MessageBus

/// The bans and mutes in memory, found by names, accounts and addresses.
///
/// Owned by `AccountService`; confined to the bus's loop.
struct RestrictionTable {
    private var bannedNames: [String: Ban] = [:]
    private var bannedBlocks: [AddressBlock: Ban] = [:]
    private var mutedNames: [String: Mute] = [:]
    /// Names under which accounts are banned or muted.
    private var bannedAccounts: [AccountID: String] = [:]
    private var mutedAccounts: [AccountID: String] = [:]
    /// The number of bans for each length of prefix, by family: an address is looked up once for
    /// each length.
    private var prefixes: [ClientAddress.Family: [Int: Int]] = [:]

    /// Bans and mutes in all, those included that are over but not yet forgotten.
    var count: Int { bannedNames.count + bannedBlocks.count + mutedNames.count }

    // MARK: - Questions

    /// Returns the ban that keeps an address out.
    func ban(of address: ClientAddress, at now: Timestamp) -> Ban? {
        for prefix in prefixes[address.family]?.keys.sorted() ?? [] {
            guard let block = AddressBlock(address, prefix: prefix), let ban = bannedBlocks[block]
            else { continue }
            if ban.isInForce(at: now) { return ban }
        }
        return nil
    }

    /// Returns the ban of a folded name or of its account.
    func ban(ofName key: String, account: AccountID?, at now: Timestamp) -> Ban? {
        if let ban = bannedNames[key], ban.isInForce(at: now) { return ban }
        let ban = account.flatMap { bannedAccounts[$0] }.flatMap { bannedNames[$0] }
        return ban?.isInForce(at: now) == true ? ban : nil
    }

    /// Returns the mute of a folded name or of its account.
    func mute(ofName key: String, account: AccountID?, at now: Timestamp) -> Mute? {
        if let mute = mutedNames[key], mute.isInForce(at: now) { return mute }
        let mute = account.flatMap { mutedAccounts[$0] }.flatMap { mutedNames[$0] }
        return mute?.isInForce(at: now) == true ? mute : nil
    }

    /// Returns the bans in force, the newest last.
    func bans(at now: Timestamp) -> [Ban] {
        (Array(bannedNames.values) + Array(bannedBlocks.values)).filter { $0.isInForce(at: now) }
            .sorted { $0.time < $1.time }
    }

    /// Returns the mutes in force, the newest last.
    func mutes(at now: Timestamp) -> [Mute] {
        mutedNames.values.filter { $0.isInForce(at: now) }.sorted { $0.time < $1.time }
    }

    // MARK: - Changes

    /// Takes what has changed, and returns the changes for observers.
    mutating func apply(_ stored: StoredAccounts, at now: Timestamp) -> [AccountChange] {
        if stored.isWhole { self = RestrictionTable() }
        var changes: [AccountChange] = []
        for (ban, isOver) in stored.bans {
            // The account may have had another name.
            let earlier = isOver ? nil : ban.account.flatMap { bannedAccounts[$0] }
            let moved = earlier.flatMap { remove(.name($0)) }
            let old = remove(ban.subject)
            if isOver {
                if let old, old.isInForce(at: now) { changes.append(.unbanned(old)) }
            } else if ban.isInForce(at: now) {
                insert(ban)
                if (moved ?? old)?.isSame(as: ban) != true { changes.append(.banned(ban)) }
            }
        }
        for (mute, isOver) in stored.mutes {
            let earlier = isOver ? nil : mute.account.flatMap { mutedAccounts[$0] }
            let moved = earlier.flatMap { removeMute(of: $0) }
            let old = removeMute(of: mute.key)
            if isOver {
                if let old, old.isInForce(at: now) { changes.append(.unmuted(old)) }
            } else if mute.isInForce(at: now) {
                mutedNames[mute.key] = mute
                if let account = mute.account { mutedAccounts[account] = mute.key }
                if (moved ?? old)?.isSame(as: mute) != true { changes.append(.muted(mute)) }
            }
        }
        return changes
    }

    /// Forgets those that are over.
    mutating func removeExpired(at now: Timestamp) {
        for ban in Array(bannedNames.values) + Array(bannedBlocks.values)
        where !ban.isInForce(at: now) { _ = remove(ban.subject) }
        for mute in mutedNames.values where !mute.isInForce(at: now) {
            mutedNames[mute.key] = nil
            if let account = mute.account { mutedAccounts[account] = nil }
        }
    }

    private mutating func insert(_ ban: Ban) {
        switch ban.subject {
        case .name(let key):
            bannedNames[key] = ban
            if let account = ban.account { bannedAccounts[account] = key }
        case .addresses(let block):
            bannedBlocks[block] = ban
            prefixes[block.family, default: [:]][block.prefix, default: 0] += 1
        }
    }

    private mutating func removeMute(of key: String) -> Mute? {
        let old = mutedNames.removeValue(forKey: key)
        if let account = old?.account { mutedAccounts[account] = nil }
        return old
    }

    private mutating func remove(_ subject: Ban.Subject) -> Ban? {
        switch subject {
        case .name(let key):
            let old = bannedNames.removeValue(forKey: key)
            if let account = old?.account { bannedAccounts[account] = nil }
            return old
        case .addresses(let block):
            guard let old = bannedBlocks.removeValue(forKey: block) else { return nil }
            let left = (prefixes[block.family]?[block.prefix] ?? 1) - 1
            prefixes[block.family]?[block.prefix] = left > 0 ? left : nil
            return old
        }
    }
}

extension Ban {
    fileprivate func isInForce(at now: Timestamp) -> Bool { end.map { now < $0 } ?? true }

    /// Returns true if it is the same ban of the same account, whose name may be another.
    fileprivate func isSame(as other: Ban) -> Bool {
        account != nil && account == other.account && (time, end) == (other.time, other.end)
            && (giver, reason) == (other.giver, other.reason)
    }
}

extension Mute {
    fileprivate func isInForce(at now: Timestamp) -> Bool { end.map { now < $0 } ?? true }

    /// Returns true if it is the same mute of the same account, whose name may be another.
    fileprivate func isSame(as other: Mute) -> Bool {
        account != nil && account == other.account && (time, end) == (other.time, other.end)
            && giver == other.giver
    }
}
