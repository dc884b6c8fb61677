import MessageBus

/// The permission to create accounts.
enum Registration: String, CaseIterable, OptionValue {
    case open
    case closed
}
