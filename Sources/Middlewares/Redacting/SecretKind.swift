import Glibc
import MessageBus
import Patterns

/// What kinds of secret are told apart.
package enum SecretKind: String, Sendable, CaseIterable, OptionValue {
    /// What a service gives out: Telegram, GitHub, GitLab, Slack, JSON web tokens, `Bearer …`.
    case tokens
    /// Keys and passwords: AWS, Google, `sk-…`, PEM blocks, `password=…`, `api_key: …`.
    case keys
    /// Numbers of bank cards, 13 to 19 digits that pass Luhn's check.
    case cards
    /// E-mail addresses.
    case emails
}
