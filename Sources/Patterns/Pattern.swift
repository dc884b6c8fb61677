import CPCRE2
import MessageBus

/// A user's regular expression, compiled once, when the file is read.
///
/// Safe from any thread. Texts are UTF-8; `\w`, `\d`, `\b` and `(?i)` follow Unicode. `^` and `$`
/// are the ends of the whole text, with `(?m)` those of its lines. A `Matcher` searches for it.
package struct Pattern: Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    package let text: String
    let program: CompiledPattern
    let words: [Literal]
    /// True if it sees texts as they are, because it is about characters that their form doesn't
    /// have.
    ///
    /// That is a pattern with an invisible character, a full-width letter or the like, or
    /// `\\x{200B}`, or `\\p{Cf}`: it would find nothing in a form, or everything.
    package let isExact: Bool

    /// Compiles a pattern; throws the reason if that fails.
    package init(_ text: String) throws(PatternError) {
        self.text = text
        program = try CompiledPattern(text)
        words = Literal.words(of: text) ?? []
        isExact = Self.isAboutForms(text)
    }

    private static func isAboutForms(_ text: String) -> Bool {
        if !FoldedText.isForm(text) { return true }
        var rest = text[...]
        while let slash = rest.firstIndex(of: "\\") {
            rest = rest[slash...].dropFirst()
            guard let kind = rest.popFirst() else { return false }
            let named = rest.prefix { $0.isHexDigit || "{}^U+".contains($0) || $0.isLetter }
            switch kind {
            case "p", "P":
                // Control, format, private and unassigned characters, and invisible ones.
                let name = named.drop { "{^".contains($0) }
                if name.hasPrefix("C") && !name.hasPrefix("Common") || name.hasPrefix("D") {
                    return true
                }
            case "x", "N", "o":
                let digits = named.drop { "{U+".contains($0) }.prefix { $0.isHexDigit }
                let value = UInt32(digits, radix: kind == "o" ? 8 : 16)
                let scalar = value.flatMap { Unicode.Scalar($0) }
                if let scalar, !FoldedText.isForm(String(scalar)) { return true }
            default: break
            }
        }
        return false
    }

    /// The pattern as it was written.
    package var description: String { text }

    /// Number of groups; group 0, the whole match, is not counted.
    package var groupCount: Int { program.groupCount }
}

extension Pattern: OptionValue {
    /// In words.
    package static var expectation: String { "a regular expression" }

    /// A string: what compiles, a schema can't tell.
    package static var schema: OptionSchema { .string }

    /// Decodes a pattern; if it doesn't compile, reports PCRE2's reason and its position.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> Pattern? {
        guard let text = value.text else {
            problems.expected(Self.self, found: value)
            return nil
        }
        let isShown = value.shownAs == nil
        let mistake = PatternMistake(in: text)
        if let mistake, !mistake.isWarning {
            problems.expected(
                expectation, found: value, suggestion: mistake.ending(isShown: isShown))
            return nil
        }
        do throws(PatternError) {
            let pattern = try Pattern(text)
            if let mistake {
                problems.warn(
                    "found \(value.found)\(mistake.ending(isShown: isShown))", at: value.location)
            }
            return pattern
        } catch {
            // Stars around a word are a glob, not a regular expression.
            let inner = text.drop { $0 == "*" }
            let isGlob = isShown && inner.count < text.count && !inner.isEmpty
            let word = String(inner.hasSuffix("*") ? inner.dropLast() : inner)
            let hint = isGlob ? "; did you mean \(word.shortened(to: 60).quoted)?" : ""
            problems.expected(expectation, found: value, suggestion: ": \(error)\(hint)")
            return nil
        }
    }

    /// As JSON.
    package var rendered: String { text.rendered }
}

extension Pattern {
    /// True if it has an empty match in every text, like `casino|` or `a*`.
    ///
    /// `.*` is not one of these: it matches all there is.
    package var matchesNothingAnywhere: Bool {
        guard let matcher = try? Matcher(self) else { return false }
        return ["", "\u{E000}"].allSatisfy { text in
            var text = text
            return text.withUTF8 { bytes in
                let isFound =
                    unsafe (try? matcher.find(
                        in: UnsafeRawBufferPointer(bytes), from: 0, before: nil))
                return isFound == true && matcher[0]?.isEmpty == true
            }
        }
    }
}
