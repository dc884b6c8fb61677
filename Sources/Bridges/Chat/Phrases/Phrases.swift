import MessageBus

/// What the bus says to people, in their language.
///
/// Every sentence is one call of `say` with all languages side by side, so that one without a
/// translation does not compile. The codes in brackets are no part of it: `AnswerCode`.
package struct Phrases: Sendable, Equatable {
    /// The language spoken.
    package let language: Language

    /// The words of a language.
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

// What stands in lines, and what names must therefore not hold.
extension Phrases {
    /// The name under which the bus itself speaks.
    package var server: String { say("servidor", "server") }
    /// What is called by no name that can be shown.
    package var nameless: String { say("sin nombre", "no name") }
    /// The name of somebody who speaks without one.
    package func guest(_ number: Int) -> String { "\(guestWord)-\(number)" }
    private var guestWord: String { say("invitado", "guest") }
    /// What marks a message as for two people only.
    package var privately: String { say("privado", "private") }
    /// What follows a name in the notice that somebody entered the room.
    package var joinedEnding: String { say(" se ha unido al chat.", " joined the chat.") }
    /// What follows a name in the notice that somebody left the room.
    package var leftEnding: String { say(" ha abandonado el chat.", " left the chat.") }
    /// What stands between a name and the room that somebody went to.
    package var moving: String { say(" se ha ido a ", " went to ") }
    /// What stands between the old and the new name.
    package var renaming: String { say(" ahora es ", " is now ") }

    /// What a listening bridge says in the daemon's log.
    package func listening(on address: String) -> String {
        say("escuchando en \(address)", "listening on \(address)")
    }

    /// The notice that somebody entered the room.
    package func joined(_ name: String) -> String { name + joinedEnding }
    /// The notice that somebody left the room: for good, or for another one.
    package func left(_ name: String, for room: String? = nil) -> String {
        room.map { "\(name)\(moving)\($0)." } ?? name + leftEnding
    }
    /// The notice that somebody changed names.
    package func renamed(_ old: String, to new: String) -> String { "\(old)\(renaming)\(new)." }

    /// What stands in front of a private message.
    package func privateHeading(from sender: String, to recipient: String) -> String {
        "\(sender) → \(recipient) (\(privately)): "
    }

    /// A whole answer to one connection.
    package func answer(_ code: AnswerCode, _ text: String) -> String {
        answer(code: code.rawValue, text)
    }

    /// Answers with the lines of a text, cleaned, endings included; nothing for an empty one.
    package func lines(_ code: AnswerCode, _ text: String) -> [UInt8] {
        text.split(whereSeparator: \.isNewline).flatMap { line in
            Array("\(answer(code, String(line)))".utf8).withUnsafeBytes {
                TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
            } + [0x0A]
        }
    }

    /// A whole answer with the code that a middleware gave.
    package func answer(code: String, _ text: String) -> String {
        text.isEmpty ? "\(server): [\(code)]" : "\(server): [\(code)] \(text)"
    }

    /// The words of a notice by which a reader knows it, shorter than the notice itself.
    private var noticeWords: [String] {
        switch language {
        case .es: [" se ha unido", " ha abandonado", renaming, moving]
        case .en:
            [joinedEnding, leftEnding, renaming, moving].map { String($0.prefix { $0 != "." }) }
        }
    }

    /// The words that no name may hold, of all languages.
    static let noticeWords = Language.allCases.flatMap { Phrases($0).noticeWords }
    /// What the names of guests begin with, in all languages.
    static let guestWords = Language.allCases.map { Phrases($0).guestWord }
    /// The names that nobody may carry, of all languages, folded.
    static let serverKeys = Set(Language.allCases.map { NameFolding.key(Phrases($0).server) })
}
