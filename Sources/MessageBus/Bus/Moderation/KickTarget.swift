/// Somebody who is to be sent away from connections that are in no room.
package struct KickTarget: Sendable {
    /// The folded name; `nil` if somebody in a room holds it.
    package let key: String?
    /// The account of that name; `nil` if there is none.
    package let account: AccountID?
    /// The reason that is given.
    package let reason: String
}
