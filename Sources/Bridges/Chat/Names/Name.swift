import MessageBus
import Sockets

/// A valid name, in the one form in which the bus keeps it.
///
/// It has 1 to 32 grapheme clusters and at most 64 bytes of UTF-8, in NFC. Emoji are allowed if
/// they need no joiner and no variation selector (U+200D, U+FE0F): those are default-ignorable, and
/// two names that differ by them alone would look the same. Look-alikes of different scripts
/// (Cyrillic `а`) are different names.
///
/// A copy costs one retain; connections make one for each line.
package struct Name: Sendable, Equatable {
    /// The forms of a name, none of which changes; owned by all copies of the name together.
    ///
    /// Safe from any thread.
    private final class Forms: Sendable {
        let text: String
        let key: String
        let prefix: [UInt8]

        init(text: String, key: String) {
            self.text = text
            self.key = key
            self.prefix = Array(text.utf8) + [0x3A, 0x20]
        }
    }

    private let forms: Forms

    /// The name as people read it, in NFC.
    package var text: String { forms.text }
    /// The form that must be unique: equal for names that differ only in case or compatibility
    /// form.
    package var key: String { forms.key }
    /// The name and `: `, as at the beginning of a line.
    package var prefix: [UInt8] { forms.prefix }

    /// The most characters in a name, as a person counts them.
    package static let maxCharacters = 32
    /// The most bytes of UTF-8 in a name.
    package static let maxBytes = 64
    /// The most bytes in a name before it is composed; bounds the work for a name of 8 KiB.
    ///
    /// A longer text can't become a name: composing shrinks 7 bytes to no less than 2 (U+1FBE U+0308
    /// U+0301 is U+0390; of all characters none shrinks more).
    package static let maxUncomposedBytes = maxBytes * 7 / 2

    /// Checks and composes a name; ASCII needs neither Foundation nor tables.
    ///
    /// - Parameter isChosen: whether somebody chooses it here. Names from elsewhere are shown with
    ///   their bridge in parentheses, so fewer of them are refused.
    package init(_ raw: String, isChosen: Bool = true) throws(NameProblem) {
        if raw.isEmpty { throw .empty }
        if raw.utf8.count > Self.maxUncomposedBytes { throw .tooLong }
        let text = NameFolding.composed(raw)
        // All these checks come before folding: one character may become eighteen.
        if text.utf8.count > Self.maxBytes || !NameFolding.isShort(text)
            || text.count > Self.maxCharacters
        {
            throw .tooLong
        }
        let compatible = NameFolding.compatible(text)
        if let problem = NameRules.problem(text: text, compatible: compatible) { throw problem }
        let key = NameFolding.key(text)
        if let problem = NameRules.problem(key: key) { throw problem }
        if isChosen, let problem = NameRules.problem(chosen: compatible, key: key) {
            throw problem
        }
        self.init(text: text, key: key)
    }

    /// Checks and composes a name from part of a line, which is valid UTF-8.
    @safe package init(_ bytes: UnsafeRawBufferPointer, isChosen: Bool = true) throws(NameProblem) {
        if bytes.count > Self.maxUncomposedBytes { throw .tooLong }
        try self.init(bytes.text, isChosen: isChosen)
    }

    /// Makes the name of a client that speaks without one.
    package init(guest number: Int, phrases: Phrases) {
        let text = phrases.guest(number)
        self.init(text: text, key: text)
    }

    /// Makes the name of somebody who has entered; it was checked when they took it.
    package init(of sender: Sender) { self.init(text: sender.name, key: sender.key) }

    /// Returns a name for somebody who has to give one up: `NAME~`, cut to fit.
    ///
    /// - Parameter tried: how many such names are taken.
    static func displaced(_ text: String, tried: Int) -> String {
        let ending = tried == 0 ? "~" : "~\(tried + 1)~"
        var front = text
        while front.last == " " || !fits(front + ending) { front.removeLast() }
        return front + ending
    }

    private static func fits(_ text: String) -> Bool {
        text.count <= maxCharacters && text.utf8.count <= maxBytes && NameFolding.isShort(text)
    }

    /// Makes the name of somebody whose own name has nothing that can be shown.
    init(placeholderIn phrases: Phrases) {
        self.init(text: phrases.nameless, key: phrases.nameless.lowercased())
    }

    private init(text: String, key: String) {
        forms = Forms(text: text, key: key)
    }

    /// Compares the spelling; `key` decides whether two names are the same person's.
    package static func == (one: Name, other: Name) -> Bool { one.text == other.text }

    /// Returns whether UTF-8 bytes are this name, in any case and compatibility form.
    ///
    /// Costs a comparison for ASCII; other bytes are folded, which allocates.
    @safe package func isSpelled(by spelling: UnsafeRawBufferPointer) -> Bool {
        if TextScan.isPrintableASCII(spelling) {
            if key.utf8.count != spelling.count { return false }
            var offset = 0
            for byte in key.utf8 {
                if unsafe NameFolding.lowercasedASCII(spelling[offset]) != byte { return false }
                offset += 1
            }
            return true
        }
        return NameFolding.boundedKey(spelling) == key
    }
}
