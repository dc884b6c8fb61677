import IRC

/// The people of the channels, as far as the server tells: who is where, who is logged in, who is a
/// bot.
struct Roster: Sendable, Equatable {
    /// The most members of a channel that are remembered; departures of further ones are not
    /// announced.
    private static let maxMembers = 20_000

    /// The way in which names are compared.
    var caseMapping = IRCCaseMapping.rfc1459
    private var members: [String: [String: String]] = [:]
    private var accounts: [String: String] = [:]
    private var bots: Set<String> = []
    private var asked: Set<String> = []

    /// Makes a roster in which nobody is known.
    init() {}

    /// Returns the form of a name in which it is compared.
    func key(_ name: String) -> String { caseMapping.key(of: name) }

    /// Adds a member of a channel.
    mutating func add(_ nick: String, to channel: String) {
        guard members[channel]?.count ?? 0 < Self.maxMembers else { return }
        let key = key(nick)
        members[channel, default: [:]][key] = nick
    }

    /// Removes a member of a channel; returns whether it was one.
    @discardableResult
    mutating func remove(_ nick: String, from channel: String) -> Bool {
        let key = key(nick)
        let wasThere = members[channel]?.removeValue(forKey: key) != nil
        forgetIfAbsent(key)
        return wasThere
    }

    /// Removes somebody from all channels, and returns those.
    mutating func removeEverywhere(_ nick: String) -> [String] {
        let channels = channels(of: nick)
        let key = key(nick)
        for channel in channels { members[channel]?[key] = nil }
        forgetIfAbsent(key)
        return channels
    }

    /// Gives somebody another nick, and returns the channels where they are.
    mutating func rename(_ nick: String, to other: String) -> [String] {
        let channels = channels(of: nick)
        let (old, new) = (key(nick), key(other))
        for channel in channels {
            members[channel]?[old] = nil
            members[channel]?[new] = other
        }
        let account = accounts.removeValue(forKey: old)
        if let account { accounts[new] = account }
        if bots.remove(old) != nil { bots.insert(new) }
        if asked.remove(old) != nil { asked.insert(new) }
        return channels
    }

    /// Forgets the members of a channel.
    mutating func clear(_ channel: String) {
        let keys = members.removeValue(forKey: channel)?.keys.map(\.self) ?? []
        for key in keys { forgetIfAbsent(key) }
    }

    /// Returns the channels where somebody is.
    func channels(of nick: String) -> [String] {
        let key = key(nick)
        return members.filter { $0.value[key] != nil }.map(\.key).sorted()
    }

    private mutating func forgetIfAbsent(_ key: String) {
        guard !members.values.contains(where: { $0[key] != nil }) else { return }
        accounts[key] = nil
        bots.remove(key)
        asked.remove(key)
    }

    /// Records the account of somebody; `nil`, `*` or `0`: none.
    mutating func setAccount(_ account: String?, of nick: String) {
        let isNone = account == nil || account == "*" || account == "0" || account == ""
        accounts[key(nick)] = isNone ? nil : account
    }

    /// Returns the account of somebody; `nil` if they have none, or it is not known.
    func account(of nick: String) -> String? { accounts[key(nick)] }

    /// Records that somebody is a bot.
    mutating func markBot(_ nick: String) { bots.insert(key(nick)) }

    /// Returns whether the server is to be asked whether somebody is a bot: once for each.
    mutating func isUnasked(_ nick: String) -> Bool {
        // People who speak need not be members.
        if asked.count >= Self.maxMembers { asked = [] }
        return asked.insert(key(nick)).inserted
    }

    /// Schedules another question to the server.
    mutating func forgetQuestion(_ nick: String) { asked.remove(key(nick)) }

    /// Returns whether somebody is known to be a bot.
    func isBot(_ nick: String) -> Bool { bots.contains(key(nick)) }
}
