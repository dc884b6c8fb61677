import Chat
import MessageBus

/// The people of the bus as clients of IRC know them: their nicks, their user names, who is away.
///
/// Confined to the bus's loop.
final class IRCPeople {
    /// Somebody's nick.
    struct Entry {
        let key: String
        let nick: String
        let nickKey: String
        /// `:nick!user@host `.
        var source: [UInt8]
        let bridge: String
        /// The real name that WHOIS had when they left.
        var realname: String
    }

    private unowned let bus: Bus
    private var entries: [String: Entry] = [:]
    private var keys: [String: String] = [:]
    /// The profiles of people who are here through this bridge, by their folded names.
    private(set) var profiles: [String: Profile] = [:]
    /// The sender whose source was asked for last: most lines of a burst are of one.
    private var lastSender: Sender?
    private var lastSource: [UInt8] = []
    /// The IRC details of this turn's messages.
    var live = LiveDetails()

    /// The most nicks that are remembered at a time; beyond that, the nicks of people who are gone
    /// are forgotten.
    private static let maxEntries = 16_384

    init(_ bus: Bus) { self.bus = bus }

    /// Traps in debug builds off the bus's loop.
    func assertOwned() { bus.assertIsolated() }

    // MARK: - Nicks

    /// Returns somebody's nick.
    func nick(of sender: Sender) -> String { entry(of: sender).nick }

    /// Returns `:nick!user@host ` of somebody.
    func source(of sender: Sender) -> [UInt8] {
        if lastSender === sender { return lastSource }
        lastSource = entry(of: sender).source
        lastSender = sender
        return lastSource
    }

    /// Returns the folded name of somebody who has a nick; `nil` if nobody is known by it.
    func key(ofNick nick: String) -> String? {
        guard let nickKey = Self.fold(nick) else { return nil }
        if let key = keys[nickKey] { return key }
        return isHere(nickKey) && NickRules.nick(for: nick) == nick ? nickKey : nil
    }

    /// Returns somebody who has spoken and is not on the list of people here; `nil` if nobody is
    /// known by the nick, or they are here.
    func absent(withNick nick: String) -> Entry? {
        guard let nickKey = Self.fold(nick), let key = keys[nickKey], !isHere(key) else {
            return nil
        }
        return entries[key]
    }

    /// Returns the nick that somebody has or had; `nil` if they were never seen.
    func lastNick(of key: String) -> String? { entries[key]?.nick }

    /// Returns a nick or a name folded; `nil` if it is longer than any.
    static func fold(_ nick: String) -> String? {
        var nick = nick
        return nick.withUTF8 { NameFolding.boundedKey(UnsafeRawBufferPointer($0)) }
    }

    private func entry(of sender: Sender) -> Entry {
        if let known = entries[sender.key], known.bridge == sender.bridge || known.isPlain,
            // The owner of a name may change its spelling.
            known.nick == NickRules.nick(for: sender.name) || known.nick.contains("~")
        {
            return known
        }
        if let known = entries.removeValue(forKey: sender.key) { keys[known.nickKey] = nil }
        forgetSome()
        let base = NickRules.nick(for: sender.name)
        var (nick, count) = (base, 1)
        var nickKey = NameFolding.key(nick)
        while isTaken(nickKey, by: sender.key) {
            count += 1
            nick = "\(base)~\(count)"
            nickKey = NameFolding.key(nick)
        }
        if let former = keys[nickKey] { entries[former] = nil }
        let entry = Entry(
            key: sender.key, nick: nick, nickKey: nickKey,
            source: source(nick, key: sender.key, bridge: sender.bridge), bridge: sender.bridge,
            realname: sender.name)
        entries[sender.key] = entry
        keys[nickKey] = sender.key
        return entry
    }

    /// Returns true if a nick is that of somebody else who is here.
    func isTaken(_ nickKey: String, by key: String) -> Bool {
        if let holder = keys[nickKey], holder != key, isHere(holder) { return true }
        return nickKey != key && isHere(nickKey) && keys[nickKey] != key
    }

    private func isHere(_ key: String) -> Bool {
        bus.assumeIsolated { $0.person(key) != nil }
    }

    /// True if somebody has left the chat, and not only a room.
    func isGone(_ sender: Sender) -> Bool { !isHere(sender.key) }

    private func source(_ nick: String, key: String, bridge: String) -> [UInt8] {
        let host = NickRules.host(bridge)
        return Array(":\(nick)!\(profiles[key]?.username ?? host)@\(host) ".utf8)
    }

    private func forgetSome() {
        guard entries.count >= Self.maxEntries else { return }
        for (key, entry) in entries where !isHere(key) {
            entries[key] = nil
            keys[entry.nickKey] = nil
        }
    }

    // MARK: - Profiles

    /// Returns the profile of somebody who is here by this bridge.
    func profile(of key: String) -> Profile? {
        assertOwned()
        return profiles[key]
    }

    /// Adds a client to somebody's profile, which is made for the first.
    func addClient(_ key: String, username: String, realname: String) -> Profile {
        assertOwned()
        let profile = profiles[key] ?? Profile(username: username, realname: realname)
        profile.clients += 1
        profiles[key] = profile
        refresh(key)
        return profile
    }

    /// Removes a client from somebody's profile, which ends with the last.
    func removeClient(_ key: String) {
        assertOwned()
        guard let profile = profiles[key] else { return }
        profile.clients -= 1
        if profile.clients > 0 { return }
        entries[key]?.realname = profile.realname
        profiles[key] = nil
    }

    private func refresh(_ key: String) {
        guard var entry = entries[key] else { return }
        entry.source = source(entry.nick, key: key, bridge: entry.bridge)
        entries[key] = entry
        lastSender = nil
    }

    /// Returns the name of somebody's account; `nil` without one.
    func accountName(of sender: Sender) -> String? {
        guard let account = sender.account else { return nil }
        return bus.accounts.account(account)?.name
    }

    /// Returns the real name that WHOIS shows: the one that the person gives, or else the name by
    /// which everybody else knows them.
    func realname(of sender: Sender) -> String {
        profiles[sender.key]?.realname ?? sender.name
    }

    // MARK: - Changes that are told once

    /// Returns the key of a change of names, the same in every room.
    static func renameKey(_ old: Sender, _ new: Sender) -> String {
        "\(old.key)\u{0}\(new.key)\u{0}\(new.name)"
    }

    /// Returns the key of a departure, the same in every room.
    static func quitKey(_ sender: Sender) -> String { "\(sender.key)\u{0}" }
}

extension IRCPeople.Entry {
    /// True for people of other networks, who are on no list of people here.
    var isRelayed: Bool { !isPlain }

    /// True for people of this bus, whose nick is the same whichever bridge they are on.
    fileprivate var isPlain: Bool { !nick.contains("/") }
}
