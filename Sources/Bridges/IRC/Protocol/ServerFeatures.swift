import IRC

/// The features that a server announces (`RPL_MYINFO`, 004, and `RPL_ISUPPORT`, 005).
struct ServerFeatures: Sendable, Equatable {
    /// The way in which the server compares names.
    private(set) var caseMapping = IRCCaseMapping.rfc1459
    /// The longest nick; `nil` if that is not told.
    private(set) var nickLength: Int?
    /// The longest name of a channel; `nil` if that is not told.
    private(set) var channelLength: Int?
    /// The name of the network; `nil` if that is not told.
    private(set) var network: String?
    /// The letter of the mode of bots; `nil` if there is none.
    private(set) var botMode: Character?
    /// True if nothing but WHOIS tells who is a bot (335).
    private(set) var tellsBotsByWhois = false
    /// True if WHO tells accounts (WHOX).
    private(set) var hasExtendedWho = false
    /// The instance of Puente that the server belongs to; `nil` if it is another server.
    private(set) var instance: String?
    /// The signs in front of nicks in a list of a channel's members.
    private(set) var memberSigns: Set<Character> = ["@", "+", "%", "&", "~", "!"]

    /// Makes the features of a server that has announced none yet.
    init() {}

    /// Reads the version and the modes of users in a 004: ngircd has the mode of bots, and no
    /// `BOT`.
    mutating func read(version: String, userModes: String) {
        guard version.lowercased().hasPrefix("ngircd"), userModes.contains("B") else { return }
        (botMode, tellsBotsByWhois) = ("B", true)
    }

    /// Reads the parameters of a 005, without the nick in front and the words at the end.
    mutating func read(_ tokens: some Sequence<String>) {
        for token in tokens {
            let parts = token.split(separator: "=", maxSplits: 1)
            guard let key = parts.first else { continue }
            let value = parts.count > 1 ? String(parts[1]) : ""
            switch key {
            case "CASEMAPPING": caseMapping = IRCCaseMapping(rawValue: value) ?? .rfc1459
            case "NICKLEN": nickLength = Int(value).map { min(max($0, 1), 100) }
            case "CHANNELLEN": channelLength = Int(value)
            case "NETWORK": network = value.isEmpty ? nil : String(value.prefix(60))
            case "BOT": botMode = value.first
            case "WHOX": hasExtendedWho = true
            case PassedInstances.token: instance = PassedInstances.isName(value) ? value : nil
            case "PREFIX":
                guard let end = value.firstIndex(of: ")") else { continue }
                memberSigns = Set(value[value.index(after: end)...])
            default: break
            }
        }
    }
}
