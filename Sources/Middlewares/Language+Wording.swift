import MessageBus

extension Language {
    /// Returns the wording in this language.
    func wording(es: @autoclosure () -> String, en: @autoclosure () -> String) -> String {
        switch self {
        case .es: es()
        case .en: en()
        }
    }
}
