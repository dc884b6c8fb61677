import IRC

/// The capabilities of a connection (IRCv3 capability negotiation): those that the server offers,
/// and those that are in use.
struct Capabilities: Sendable, Equatable {
    /// The capabilities that are asked for wherever they are offered.
    static let wanted: Set<String> = [
        "message-tags", "server-time", "account-tag", "account-notify", "extended-join", "batch",
        "echo-message", "labeled-response", "draft/multiline", "draft/message-redaction",
        "chghost", "cap-notify", "standard-replies", PassedInstances.capability,
    ]
    /// The most capabilities that are remembered; real servers offer some forty.
    private static let maxOffered = 200

    /// The capabilities that the server offers, with their values.
    private(set) var offered: [String: String] = [:]
    /// The capabilities in use.
    private(set) var enabled: Set<String> = []

    /// Makes capabilities of which none is offered yet.
    init() {}

    /// Returns whether a capability is in use.
    func has(_ name: String) -> Bool { enabled.contains(name) }

    /// Adds what a line of `CAP LS` or `CAP NEW` offers.
    mutating func offer(_ list: String) {
        for word in list.split(separator: " ") where offered.count < Self.maxOffered {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard let name = parts.first else { continue }
            offered[String(name)] = parts.count > 1 ? String(parts[1]) : ""
        }
    }

    /// Removes what a line of `CAP DEL` withdraws.
    mutating func withdraw(_ list: String) {
        for word in list.split(separator: " ") {
            offered[String(word)] = nil
            enabled.remove(String(word))
        }
    }

    /// Records what a line of `CAP ACK` confirms.
    mutating func acknowledge(_ list: String) {
        for word in list.split(separator: " ") {
            if word.hasPrefix("-") {
                enabled.remove(String(word.dropFirst()))
            } else {
                enabled.insert(String(word))
            }
        }
    }

    /// Returns the names to ask for.
    ///
    /// - Parameter extra: names that are wanted for this connection only, such as `sasl`.
    func names(with extra: Set<String> = []) -> [String] {
        Self.wanted.union(extra).filter { offered[$0] != nil && !enabled.contains($0) }.sorted()
    }

    /// Returns a number from the value of a capability, such as `max-lines` of `draft/multiline`.
    func limit(_ key: String, of name: String) -> Int? {
        for pair in (offered[name] ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == key { return Int(parts[1]) }
        }
        return nil
    }

    /// True if answers carry the label of what they answer.
    var hasLabels: Bool { has("labeled-response") && has("batch") && has("message-tags") }
    /// True if the server sends the bridge its own texts back.
    var hasEcho: Bool { has("echo-message") }
    /// True if texts of several lines go out as one.
    var hasMultiline: Bool { has("draft/multiline") && has("batch") && has("message-tags") }
}
