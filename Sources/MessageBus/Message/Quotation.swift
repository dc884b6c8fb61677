/// The message that another one answers: its number, its author and its first words.
public struct Quotation: Sendable, Equatable {
    /// The number of the message answered; 0 if it is not known.
    public let number: MessageNumber
    /// The author's name.
    public let name: String
    /// The message's first words, 40 characters at most, `…` at the end if it was longer.
    public let excerpt: String

    /// Makes a quotation; name and text may be as they came from outside: they are cleaned and cut.
    public init(number: MessageNumber, name: String, excerpt: String) {
        self.number = number
        self.name = Self.beginning(of: name, characters: 64)
        self.excerpt = Self.beginning(of: excerpt, characters: 40, isQuoted: true)
    }

    /// Returns true if another quotation is of the same message: by its number or, if the other's
    /// is not known, by name and excerpt.
    func quotesSameMessage(as other: Quotation) -> Bool {
        if other.excerpt == Self.erasedExcerpt { return false }
        return other.number == number
            || other.number == 0 && other.name == name && other.excerpt == excerpt
    }

    /// The same quotation with an erased excerpt, for a message that was deleted.
    var erased: Quotation { Quotation(number: number, name: name, excerpt: Self.erasedExcerpt) }

    /// The excerpt that stands for the one of a message that was deleted.
    package static let erasedExcerpt = "…"

    private static func beginning(
        of text: String, characters: Int, isQuoted: Bool = false
    ) -> String {
        let clean = unsafe Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .kept)
        }
        var result: [UInt8] = []
        unsafe clean.withUnsafeBytes {
            TextCounting.appendExcerpt(of: $0, characters: characters, to: &result)
        }
        if isQuoted { ReservedMarkers.replaceUnmatchedClosings(in: &result) }
        return String(decoding: result, as: UTF8.self)
    }
}
