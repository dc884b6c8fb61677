import MessageBus

/// The requirement for reading and speaking.
package enum AccountRequirement: String, CaseIterable, OptionValue {
    /// Any free name; a registered name needs its password.
    case open
    /// Nothing without logging in.
    case required
}
