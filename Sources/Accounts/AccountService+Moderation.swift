import MessageBus

extension AccountService {
    /// Bans and mutes at most.
    private static let maxRestrictions = 10_000

    /// Returns the ban that keeps an address out.
    package func ban(of address: ClientAddress) -> Ban? {
        assertOwned()
        return restrictions.ban(of: address, at: environment.wall())
    }

    /// Returns the ban that keeps a folded name out.
    package func ban(ofName key: String) -> Ban? {
        restrictions.ban(
            ofName: key, account: account(named: key)?.id, at: environment.wall())
    }

    /// Returns the mute of a folded name.
    package func mute(ofName key: String) -> Mute? {
        restrictions.mute(
            ofName: key, account: account(named: key)?.id, at: environment.wall())
    }

    /// All bans that are not over, the newest last.
    package var bans: [Ban] {
        assertOwned()
        return restrictions.bans(at: environment.wall())
    }

    /// All mutes that are not over, the newest last.
    package var mutes: [Mute] {
        assertOwned()
        return restrictions.mutes(at: environment.wall())
    }

    /// Adds a ban; an earlier one of the same name or block is replaced.
    package func add(_ ban: Ban, then: @escaping (ModerationResult) -> Void) {
        var ban = ban
        if case .name(let key) = ban.subject, ban.account == nil {
            ban.account = account(named: key)?.id
        }
        restrict(then) { [ban] store in
            try store.add(ban)
            return .done
        }
    }

    /// Adds a mute; an earlier one of the same name is replaced.
    package func add(_ mute: Mute, then: @escaping (ModerationResult) -> Void) {
        var mute = mute
        mute.account = mute.account ?? account(named: mute.key)?.id
        restrict(then) { [mute] store in
            try store.add(mute)
            return .done
        }
    }

    private func restrict(
        _ then: @escaping (ModerationResult) -> Void,
        _ body: @escaping @Sendable (any AccountStore) throws -> ModerationResult
    ) {
        guard restrictions.count < Self.maxRestrictions else {
            let then = LoopConfined(then)
            return environment.post { then.value(.full) }
        }
        change(then, body)
    }

    /// Removes the ban of a name or block before its end.
    package func removeBan(
        of subject: Ban.Subject, then: @escaping (ModerationResult) -> Void
    ) {
        let time = now
        change(then) { store in try store.removeBan(of: subject, at: time) ? .done : .unknown }
    }

    /// Removes the mute of a folded name before its end.
    package func removeMute(ofName key: String, then: @escaping (ModerationResult) -> Void) {
        let time = now
        change(then) { store in try store.removeMute(ofName: key, at: time) ? .done : .unknown }
    }

    /// Gives an account another role.
    ///
    /// Refused for the last admin, and for the role `relay` if the name is that of a bridge or a
    /// token, or is claimed.
    package func setRole(
        _ role: Role, of id: AccountID, then: @escaping (ModerationResult) -> Void
    ) {
        if role == .relay, let key = account(id)?.key,
            settings.bridgeKeys.contains(key) || tokenKeys.contains(key)
                || claimedKeys.contains(key)
        {
            let then = LoopConfined(then)
            return environment.post { then.value(.refused) }
        }
        change(then) { store in try store.setRole(role, of: id, keepsAnAdmin: true) }
    }

    /// Undoes a registration that failed in a later step: removes the account and frees its name.
    package func withdraw(_ id: AccountID, then: @escaping (ModerationResult) -> Void) {
        let (key, time) = (account(id)?.key, now)
        change(then) { store in
            guard let key, try store.remove(id, at: time) else { return .unknown }
            _ = try store.free(key)
            return .done
        }
    }

    private func change(
        _ then: @escaping (ModerationResult) -> Void,
        _ body: @escaping @Sendable (any AccountStore) throws -> ModerationResult
    ) {
        let then = LoopConfined(then)
        run(
            { [accountStore] in
                try accountStore.change(body) { then.value($0) }
            }, failing: { then.value(.unavailable) })
    }
}
