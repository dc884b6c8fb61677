/// The language in which the bus speaks to people: its notices, its own name and its answers.
public enum Language: String, Sendable, CaseIterable, OptionValue {
    /// Spanish, the default.
    case es
    /// English.
    case en

    /// The name under which the bus itself speaks: `servidor` or `server`.
    public var busName: String {
        switch self {
        case .es: "servidor"
        case .en: "server"
        }
    }
}
