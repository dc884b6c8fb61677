// Accounts and the people who are here.
extension Bus {
    /// The accounts, bans and mutes.
    package nonisolated var accounts: any AccountDirectory { settings.accounts }

    /// Returns true if somebody is logged in to an account that speaks for others.
    package func isRelay(_ sender: Sender) -> Bool {
        sender.account.flatMap { accounts.account($0) }?.role == .relay
    }

    /// Returns why somebody may not have a registered name; `nil` for its owner, and if the name is
    /// not registered.
    func refusal(of sender: Sender) -> NameRefusal? {
        if let ban = accounts.ban(ofName: sender.key) { return .banned(ban.reason) }
        guard accounts.isReserved(sender.key) else { return nil }
        if let account = sender.account, accounts.account(named: sender.key)?.id == account {
            return nil
        }
        return .registered
    }

    /// Takes an account's name from somebody who has it without being logged in.
    ///
    /// - Parameter presence: the connection that logs in; it may have the name.
    /// - Returns: the new name of the person who had it; `nil` if nobody did.
    package func freeName(of account: Account, for presence: Presence? = nil) -> String? {
        guard let holder = people[account.key], holder.account?.id != account.id,
            presence == nil || holder !== presence?.person
        else { return nil }
        return displace(holder)
    }

    /// Takes an account's name from whoever has it, and takes names with the same nick from people
    /// without an account.
    private func freeNick(of account: Account) {
        _ = freeName(of: account)
        let nick = NickForm.of(account.key)
        guard nick.contains("_") else { return }
        for (key, person) in people where person.account == nil && NickForm.of(key) == nick {
            _ = displace(person)
        }
    }

    private func displace(_ person: Person) -> String {
        var tried = 0
        while true {
            let name = settings.namePolicy.displaced(person.sender.name, tried)
            let key = settings.namePolicy.fold(name)
            tried += 1
            if people[key] != nil || accounts.isReserved(key) { continue }
            person.account = nil
            forceRename(person, to: Sender(name: name, key: key, bridge: "", identity: 0))
            return name
        }
    }

    /// Logs in a connection that is in a room, so that it becomes one of an account's.
    ///
    /// The person changes names; but if the account's owner is here already, or the person has
    /// other connections too, this connection leaves the one person and joins the other. The name
    /// must be free.
    ///
    /// Returns the reason of a refusal; nothing is done then.
    package func logIn(_ presence: Presence, to account: Account) -> NameRefusal? {
        guard let person = presence.person else { return nil }
        let owner = people[account.key]
        if owner === person {
            person.account = account
            // The spelling is up to the owner.
            person.setName(of: Sender(account, named: person.sender.name, bridge: ""))
            return nil
        }
        if owner == nil, person.onePerDelegate.count == 1 {
            if let refusal = rename(presence, to: Sender(account, bridge: "")) { return refusal }
            person.account = account
            person.setName(of: person.sender)
            return nil
        }
        // A session that reads several rooms goes over with all its presences.
        for other in person.presences where other !== presence {
            guard other.delegate === presence.delegate else { continue }
            if let refusal = transfer(other, to: people[account.key], of: account) {
                return refusal
            }
        }
        return transfer(presence, to: people[account.key], of: account)
    }

    /// Moves a connection from one person to another.
    private func transfer(
        _ presence: Presence, to owner: Person?, of account: Account
    ) -> NameRefusal? {
        guard let attachment = presence.attachment else { return nil }
        let bridge = presence.sender.bridge
        let sender = owner?.sender(on: bridge) ?? Sender(account, bridge: bridge)
        let joining = Presence(
            sender: sender, room: presence.room, delegate: presence.delegate,
            hasNotices: presence.hasNotices)
        let notice = joinNotice(of: joining, as: owner, in: presence.room, attachment)
        if let notice, !store(notice) { return .dropped(notice) }
        leave(presence)
        presence.sender = sender
        (owner ?? newPerson(sender)).attach(presence)
        presence.delegate.senderChanged(to: sender, isForced: false)
        if let notice { presence.room.append(notice.arena) }
        return nil
    }

    // MARK: - Changes

    /// Applies changes of accounts, made here or in another process, to the people here.
    func observeAccounts() {
        restrictions.isInUse = !accounts.bans.isEmpty || !accounts.mutes.isEmpty
        accounts.observe { [weak self] change in
            self?.assumeIsolated { $0.apply(change) }
        }
    }

    private func apply(_ change: AccountChange) {
        switch change {
        case .created(let account): freeNick(of: account)
        case .renamed(let account, let old): rename(account, from: old)
        case .removed(let account): disconnect(account, .accountRemoved)
        case .passwordChanged(let account, let connection):
            disconnect(account, .passwordChanged, except: connection)
        case .roleChanged(let account, _): owner(of: account)?.account = account
        case .banned(let ban): enforce(ban)
        case .muted(let mute): restrictIdentities(of: mute.key)
        case .unbanned, .unmuted: break
        }
        // Whoever is logged in and in no room has no presence.
        notifyObservers(of: .accountChanged(change))
    }

    /// Returns who is logged in to an account.
    package func owner(of account: Account) -> Person? {
        people[account.key].flatMap { $0.account?.id == account.id ? $0 : nil }
    }

    private func rename(_ account: Account, from old: Account) {
        let owner = owner(of: old)
        if account.key != old.key { freeNick(of: account) }
        guard let owner else { return }
        owner.account = account
        // The account's bans and mutes have followed it.
        for presence in owner.presences {
            restrictions.move(presence.sender.identity, from: old.key, to: account.key)
        }
        forceRename(owner, to: Sender(account, bridge: ""))
    }

    /// Sends the connections of an account away, but for one.
    private func disconnect(
        _ account: Account, _ reason: Disconnection, except connection: UInt64 = 0
    ) {
        for presence in owner(of: account)?.onePerDelegate ?? []
        where connection == 0 || presence.connection != connection {
            presence.delegate.disconnect(reason)
        }
    }
}
