import MessageBus

/// The sentences that the bus says to people, in one language.
///
/// Every sentence is one call of `say` with all languages side by side, so one without a
/// translation does not compile. The codes in brackets are the same in all languages: see
/// `AnswerCode`.
package struct Phrases: Sendable, Equatable {
    /// The language of the sentences.
    package let language: Language

    /// Makes the sentences of a language.
    package init(_ language: Language) { self.language = language }

    package func say(
        _ spanish: @autoclosure () -> String, _ english: @autoclosure () -> String
    ) -> String {
        switch language {
        case .es: spanish()
        case .en: english()
        }
    }
}

// The parts of lines, which names must therefore not hold.
extension Phrases {
    /// The name under which the bus itself speaks.
    package var server: String { language.busName }
    /// The placeholder for a name that can't be shown.
    package var nameless: String { say("sin nombre", "no name") }
    /// Returns the name of a client that speaks without one.
    package func guest(_ number: Int) -> String { "\(guestWord)-\(number)" }
    private var guestWord: String { say("invitado", "guest") }
    /// The mark of a private message.
    package var privately: String { say("privado", "private") }
    /// The text after a name in the notice that somebody entered the room.
    package var joinedEnding: String { say(" se ha unido al chat.", " joined the chat.") }
    /// The text after a name in the notice that somebody left the room.
    package var leftEnding: String { say(" ha abandonado el chat.", " left the chat.") }
    /// The text between a name and the room that somebody went to.
    package var moving: String { say(" se ha ido a ", " went to ") }
    /// The text between an old and a new name.
    package var renaming: String { say(" ahora es ", " is now ") }

    /// The entry in the daemon's log when a bridge listens.
    package func listening(on address: String) -> String {
        say("escuchando en \(address)", "listening on \(address)")
    }

    /// Returns the notice that somebody entered the room.
    package func joined(_ name: String) -> String { name + joinedEnding }
    /// Returns the notice that somebody left the room, for good or for another one.
    package func left(_ name: String, for room: String? = nil) -> String {
        room.map { "\(name)\(moving)\($0)." } ?? name + leftEnding
    }
    /// Returns the notice that somebody changed names.
    package func renamed(_ old: String, to new: String) -> String { "\(old)\(renaming)\(new)." }

    /// Returns the beginning of a private message.
    package func privateHeading(from sender: String, to recipient: String) -> String {
        "\(sender) → \(recipient) (\(privately)): "
    }

    /// Returns a complete answer to one connection.
    package func answer(_ code: AnswerCode, _ text: String) -> String {
        answer(code: code.rawValue, text)
    }

    /// Returns an answer for each line of a text, cleaned, endings included; nothing for an empty
    /// text.
    package func lines(_ code: AnswerCode, _ text: String) -> [UInt8] {
        text.split(whereSeparator: \.isNewline).flatMap { line in
            unsafe Array("\(answer(code, String(line)))".utf8).withUnsafeBytes {
                TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
            } + [0x0A]
        }
    }

    /// Returns a complete answer with a code that a middleware gave.
    package func answer(code: String, _ text: String) -> String {
        text.isEmpty ? "\(server): [\(code)]" : "\(server): [\(code)] \(text)"
    }

    /// The words by which readers recognise a notice, shorter than the notice itself.
    private var noticeWords: [String] {
        switch language {
        case .es: [" se ha unido", " ha abandonado", renaming, moving]
        case .en:
            [joinedEnding, leftEnding, renaming, moving].map { String($0.prefix { $0 != "." }) }
        }
    }

    /// The words that no name may hold, in all languages.
    static let noticeWords = Language.allCases.flatMap { Phrases($0).noticeWords }
    /// The words that guests' names begin with, in all languages.
    static let guestWords = Language.allCases.map { Phrases($0).guestWord }
    /// The names that nobody may have, in all languages, folded.
    static let serverKeys = Set(Language.allCases.map { NameFolding.key(Phrases($0).server) })
}
