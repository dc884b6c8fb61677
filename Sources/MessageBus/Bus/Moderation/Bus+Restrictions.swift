import TimeUnits

// Bans and mutes: people who may not be here, or may not speak.
extension Bus {
    /// Drops what banned and muted people say, on whichever bridge.
    ///
    /// Costs one look-up for each sender in the batch, and only if there are bans or mutes at all.
    func dropRestricted(_ batch: Batch) {
        for (index, sender) in batch.arena.senders.enumerated() {
            guard let (drop, isBan) = restriction(of: sender) else { continue }
            for place in 0..<batch.count {
                let header = batch.arena[place]
                guard header.sender == index, !header.flags.contains(.dropped),
                    // Muted people may come and go; a leave can't be dropped.
                    header.isSaid || isBan && header.kind != .leave && header.kind != .deletion
                else { continue }
                batch.drop(place, drop)
            }
        }
    }

    /// Returns why what somebody says is dropped; `nil` if it is not.
    private func restriction(of sender: Sender) -> (drop: Drop, isBan: Bool)? {
        if let ban = ban(of: sender) {
            restrictions.record(sender.key, of: sender.identity)
            return (Drop(code: "forbidden", reason: ban.reason), true)
        }
        guard isMuted(sender) else { return nil }
        restrictions.record(sender.key, of: sender.identity)
        let reason =
            settings.language == .es
            ? "No puedes hablar: te han silenciado." : "You can't speak: you are muted."
        return (Drop(code: "forbidden", reason: reason), false)
    }

    private func ban(of sender: Sender) -> Ban? {
        for key in keys(of: sender) {
            if let ban = accounts.ban(ofName: key) { return ban }
        }
        return nil
    }

    /// Returns true if somebody may neither speak nor change names.
    func isMuted(_ sender: Sender) -> Bool {
        restrictions.isInUse
            && keys(of: sender).contains { accounts.mute(ofName: $0) != nil }
    }

    /// Returns the folded names under which a restriction may apply to somebody: the present one,
    /// an earlier one, and that of the account that speaks for them.
    private func keys(of sender: Sender) -> [String] {
        var keys = [sender.key]
        if let earlier = restrictions.key(of: sender.identity), earlier != sender.key {
            keys.append(earlier)
        }
        if sender.relay != 0, let account = sender.account.flatMap({ accounts.account($0) }) {
            keys.append(account.key)
        }
        return keys
    }

    /// Remembers the people who have a restricted name, so that another name does not free them.
    func restrictIdentities(of key: String) {
        restrictions.isInUse = true
        for presence in people[key]?.presences ?? [] {
            restrictions.record(key, of: presence.sender.identity)
        }
        for attachment in bridges {
            for sender in attachment.senders.all where sender.key == key {
                restrictions.record(key, of: sender.identity)
            }
        }
    }

    /// Sends away everybody whom a ban keeps out.
    func enforce(_ ban: Ban) {
        restrictions.isInUse = true
        switch ban.subject {
        case .name(let key):
            restrictIdentities(of: key)
            let account = ban.account.flatMap { accounts.account($0) }
            let person = people[key] ?? account.flatMap { owner(of: $0) }
            for presence in person?.onePerDelegate ?? [] {
                presence.delegate.disconnect(.banned(reason: ban.reason))
            }
        case .addresses(let block): notifyObservers(of: .banned(block, reason: ban.reason))
        }
    }

    /// Closes all connections of the person who has a folded name, even those in no room; returns
    /// false if there is none that can be closed.
    package func kick(_ key: String, reason: String) -> Bool {
        let account = accounts.account(named: key)
        let isHeld = people[key] != nil
        // A guest in no room does not hold the name: it may be somebody else's by now.
        let target = KickTarget(key: isHeld ? nil : key, account: account?.id, reason: reason)
        var isSentAway = false
        for observer in kickObservers.values { isSentAway = observer(target) || isSentAway }
        let presences = (people[key]?.onePerDelegate ?? []).filter { $0.connection != 0 }
        for presence in presences { presence.delegate.disconnect(.kicked(reason: reason)) }
        return isSentAway || !presences.isEmpty
    }

    /// Returns true if nobody may ban a block of addresses, because it holds this machine or one of
    /// its proxies.
    package func isProtected(_ block: AddressBlock) -> Bool {
        block.holdsLoopback || protectedAddresses.values.contains { $0(block) }
    }

    /// Keeps the addresses of proxies from being banned.
    ///
    /// - Parameters:
    ///   - addresses: the addresses as they are written; the same text is protected only once.
    ///   - overlaps: returns true if a block contains one of the addresses.
    package func protect(
        _ addresses: String, _ overlaps: @escaping @Sendable (AddressBlock) -> Bool
    ) {
        protectedAddresses[addresses] = overlaps
    }

    // MARK: - Observers

    /// Announces a text in the server's name to everybody on this bus, but to no other network.
    package func broadcast(_ text: String) {
        notifyObservers(of: .broadcast(text))
        let server = settings.namePolicy.server(settings.language)
        var header = MessageHeader()
        header.number = nextNumber()
        header.time = settings.clock.wall()
        let message = Message(
            header: header,
            sender: Sender(
                name: server, key: settings.namePolicy.fold(server), bridge: "", identity: 0),
            body: Body("[announce] \(text)"), room: "", details: nil,
            uptime: settings.clock.monotonic().nanoseconds)
        // The operator at the console belongs to this bus too.
        for attachment in bridges where !attachment.presences.isEmpty && attachment.isReachable {
            attachment.deliver(message)
        }
    }

    func notifyObservers(of event: ModerationEvent) {
        for observer in moderationObservers.values { observer(event) }
    }

    /// Calls a function on the loop with each event that concerns connected clients.
    ///
    /// Returns an id for `removeModerationObserver(_:)`.
    package func whenModerated(_ action: sending @escaping (ModerationEvent) -> Void) -> UInt64 {
        lastObserver += 1
        moderationObservers[lastObserver] = action
        return lastObserver
    }

    /// Calls a function on the loop with each person to be sent away: the function closes that
    /// person's connections in no room, and returns true if there were any.
    ///
    /// Returns an id for `removeModerationObserver(_:)`.
    package func whenKicked(_ action: sending @escaping (KickTarget) -> Bool) -> UInt64 {
        lastObserver += 1
        kickObservers[lastObserver] = action
        return lastObserver
    }

    /// Removes a function that `whenModerated` or `whenKicked` added.
    package func removeModerationObserver(_ id: UInt64) {
        moderationObservers[id] = nil
        kickObservers[id] = nil
    }

    /// Returns everybody who is logged in as a moderator or an admin.
    package var moderators: [Person] {
        people.values.filter { $0.account?.role.mayModerate == true }
    }
}
