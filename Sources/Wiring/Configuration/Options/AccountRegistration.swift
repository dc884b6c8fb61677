import MessageBus

/// The permission to create accounts.
enum AccountRegistration: String, CaseIterable, OptionValue {
    case open
    case closed
}
