import MessageBus

/// The kinds of secret that can be masked.
package enum SecretKind: String, Sendable, CaseIterable, OptionValue {
    /// Tokens of services: Telegram, GitHub, GitLab, Slack, JSON web tokens, `Bearer …`.
    case tokens
    /// Keys and passwords: AWS, Google, `sk-…`, PEM blocks, `password=…`, `api_key: …`.
    case keys
    /// Numbers of bank cards, 13 to 19 digits that pass Luhn's check.
    case cards
    /// E-mail addresses.
    case emails
}
