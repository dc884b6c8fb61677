/// The rules of bridge.json for accounts.
package struct AccountPolicy: Sendable, Hashable {
    /// True if nothing may be read or said before a login (`"accounts": "required"`).
    package var isLoginRequired = false
    /// True if people may register themselves (`"registration": "open"`).
    package var isRegistrationOpen = true

    /// Makes the policy of a file that says nothing about accounts.
    package init() {}
}
