import MessageBus

/// A request for which a password must be checked.
struct PasswordRequest: Sendable {
    /// The purpose.
    enum Purpose: Sendable {
        case login(LoopConfined<(LoginResult) -> Void>)
        case registration(name: String, LoopConfined<(RegistrationResult) -> Void>)
        case newPassword(AccountID, Password, LoopConfined<(PasswordResult) -> Void>)
        case removal(AccountID, LoopConfined<(PasswordResult) -> Void>)
    }

    let attempt: LoginAttempt
    let purpose: Purpose

    /// The reason for which no password was checked.
    enum Refusal: Sendable {
        case rateLimited(seconds: Int)
        case unavailable
    }

    /// Tells whoever asks that nothing was checked; on the loop.
    func refuse(_ refusal: Refusal) {
        switch (purpose, refusal) {
        case (.login(let then), .rateLimited(let seconds)):
            then.value(.rateLimited(seconds: seconds))
        case (.login(let then), .unavailable): then.value(.unavailable)
        case (.registration(_, let then), .rateLimited(let seconds)):
            then.value(.rateLimited(seconds: seconds))
        case (.registration(_, let then), .unavailable): then.value(.unavailable)
        case (.newPassword(_, _, let then), .rateLimited(let seconds)),
            (.removal(_, let then), .rateLimited(let seconds)):
            then.value(.rateLimited(seconds: seconds))
        case (.newPassword(_, _, let then), .unavailable), (.removal(_, let then), .unavailable):
            then.value(.unavailable)
        }
    }
}
