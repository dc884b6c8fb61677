import MessageBus

/// Who makes accounts.
enum Registration: String, CaseIterable, OptionValue {
    case open
    case closed
}
