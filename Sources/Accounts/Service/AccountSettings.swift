import MessageBus

/// The settings of the account service.
package struct AccountSettings: Sendable {
    /// The rules of bridge.json.
    package var policy = AccountPolicy()
    /// The time for which messages are kept, and the names of removed accounts with them; `nil`: as
    /// long as the process lives.
    package var history: Duration?
    /// True if accounts outlive the process.
    package var outlivesProcess = true
    /// The folded names of the bridges; no account with the role `relay` may have one.
    package var bridgeKeys: Set<String> = []

    /// Makes settings with their defaults.
    package init() {}
}
