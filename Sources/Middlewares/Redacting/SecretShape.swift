import Glibc
import MessageBus
import Patterns

/// The shape of a secret, as a regular expression whose match is masked.
struct SecretShape: Sendable {
    let kind: SecretKind
    /// One of these must be in the text.
    let signs: SecretSigns
    let expression: String

    /// All shapes, in the order they are looked for.
    ///
    /// Quantifiers that nothing can follow are possessive, so that no text makes them slow.
    static let all = [
        SecretShape(
            kind: .keys, signs: .armor,
            expression: "-----BEGIN [A-Z0-9 ]*+(?<=PRIVATE KEY)-----"
                + "(?s:.*?)(?:-----END [A-Z0-9 ]*+-----|\\z)"),
        SecretShape(
            kind: .tokens, signs: .longWord,
            expression: "\\b(?:gh[opsur]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{22,}+"
                + "|glpat-[A-Za-z0-9_-]{20,}+|xox[a-z]-[A-Za-z0-9-]{10,}+"
                + "|eyJ[A-Za-z0-9_-]{5,}+\\.[A-Za-z0-9_-]{5,}+(?:\\.[A-Za-z0-9_-]*+)?"
                + "|[0-9]{6,12}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-]))"),
        SecretShape(
            kind: .tokens, signs: .longWord,
            expression: "(?i)\\bbearer\\s++\\K[A-Z0-9._~+/-]{16,}+=*+"),
        SecretShape(
            kind: .keys, signs: .longWord,
            expression: "\\b(?:A(?:KIA|SIA)[A-Z0-9]{16}\\b|AIza[A-Za-z0-9_-]{35}"
                + "|[rs]k[-_][A-Za-z0-9_-]{20,}+)"),
        SecretShape(
            kind: .keys, signs: .assignment,
            expression: "(?i)(?:pass(?:word|wd|phrase)|pwd|contraseña|secret|token"
                + "|(?:api|access|private|secret)[ _-]?key)[\"']?\\s*+[:=]\\s*+\\K"
                + "(?:\"[^\"\\n]++\"|'[^'\\n]++'|[^\\s\"',;&]++)"),
        SecretShape(
            kind: .emails, signs: .at,
            expression: "(?<![\\p{L}\\p{N}._%+-])[\\p{L}\\p{N}._%+-]++@"
                + "[\\p{L}\\p{N}-]++(?:\\.[\\p{L}\\p{N}-]++)*\\.\\p{L}{2,}+"),
    ]
}
