extension ClientMessage {
    /// The name by which the answer says what it answers.
    var request: RequestName {
        switch self {
        case .say(let say): .id(say.id)
        case .whisper(let whisper): .id(whisper.id)
        case .hello: .type(.hello)
        case .enter: .type(.enter)
        case .leave: .type(.leave)
        case .rename: .type(.rename)
        case .logIn: .type(.login)
        case .register: .type(.register)
        case .changePassword: .type(.password)
        case .delete: .type(.delete)
        case .history: .type(.history)
        case .search: .type(.search)
        case .people: .type(.people)
        case .seen: .type(.seen)
        case .bye: .type(.bye)
        case .unregister: .type(.unregister)
        case .command: .type(.command)
        }
    }
}
