import Foundation
import Chat
import MessageBus

/// The rules by which names become nicks, and nicks become names.
enum NickRules {
    /// The most bytes of a nick, as `NICKLEN` counts them: as many as the characters of a name.
    static let maxLength = 32

    /// Returns the nick that stands for somebody: spaces become `_`, and `Ana (telegram)` becomes
    /// `Ana/telegram`.
    static func nick(for name: String) -> String {
        guard name.hasSuffix(")"), let start = name.range(of: " (", options: .backwards) else {
            return NickForm.of(name)
        }
        let owner = name[start.upperBound...].dropLast()
        return "\(NickForm.of(String(name[..<start.lowerBound])))/\(NickForm.of(String(owner)))"
    }

    /// Returns true if somebody may choose a name as a nick: it stands for itself.
    static func isChoosable(_ nick: String) -> Bool {
        nick.utf8.count <= Name.maxBytes && !nick.isEmpty && NickForm.of(nick) == nick
    }

    /// Returns what a client gives as its user name, as far as it can be shown; `nil` if nothing is
    /// left.
    static func username(_ text: String) -> String? {
        let allowed = text.unicodeScalars.filter {
            $0.isASCII
                && ($0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0))
        }.prefix(16)
        return allowed.isEmpty ? nil : String(String.UnicodeScalarView(allowed))
    }

    /// Returns a name as the host in `nick!user@host`.
    static func host(_ name: String) -> String {
        let host = String(
            name.map { character in
                character.isASCII
                    && (character.isLetter || character.isNumber || character == "-"
                        || character == ".")
                    ? character : "-"
            })
        return host.isEmpty ? "puente" : host
    }
}
