import MessageBus

extension AccountChange {
    /// Returns a change of a password with the connection that asked for it, which is not to
    /// end; any other change as it is.
    func made(by connection: UInt64) -> AccountChange {
        if case .passwordChanged(let account, _) = self {
            return .passwordChanged(account, except: connection)
        }
        return self
    }

    /// The line for the log; `nil` where the code that makes the change writes a better one.
    var sentence: String? {
        switch self {
        case .created(let account):
            "account \(account.name.quoted) made, \(account.role.rawValue)"
        case .renamed(let account, let old):
            "account \(old.name.quoted) renamed to \(account.name.quoted)"
        case .removed(let account): "account \(account.name.quoted) removed"
        case .passwordChanged(let account, _):
            "account \(account.name.quoted) has another password"
        case .roleChanged(let account, let old):
            "account \(account.name.quoted) is \(account.role.rawValue) now, not \(old.rawValue)"
        case .banned(let ban):
            "\(Self.giver(ban.giver)) bans \(ban.shown.quoted) "
                + "\(Self.end(ban.end)): \(ban.reason.isEmpty ? "no reason" : ban.reason.quoted)"
        case .unbanned(let ban): "the ban of \(ban.shown.quoted) is lifted"
        case .muted(let mute):
            "\(Self.giver(mute.giver)) mutes \(mute.shown.quoted) \(Self.end(mute.end))"
        case .unmuted(let mute): "the mute of \(mute.shown.quoted) is lifted"
        }
    }

    private static func giver(_ name: String) -> String {
        name.isEmpty ? "the command line" : name.quoted
    }

    private static func end(_ end: Timestamp?) -> String {
        end.map { "until \($0.inUTC)" } ?? "for ever"
    }
}
