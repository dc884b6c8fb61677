/// The number of an account, the same for as long as the store exists, whatever its name.
///
/// Never reused, not even after the account is removed.
package struct AccountID: Hashable, Sendable {
    /// The number: 1 or greater.
    package let rawValue: Int64

    /// Makes the id of a stored number.
    package init(rawValue: Int64) { self.rawValue = rawValue }
}
