import CPCRE2
import MessageBus

/// A user's regular expression, compiled once, when the file is read.
///
/// Safe from any thread.
/// Texts are UTF-8; `\w`, `\d`, `\b` and `(?i)` go by Unicode. `^` and `$` are the ends of the whole
/// text, with `(?m)` those of its lines. A `Matcher` looks for it.
package struct Pattern: Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    package let text: String
    let program: CompiledPattern
    let words: [Literal]
    /// Whether it is looked for in texts as they are, because it is about what their form hasn't got.
    ///
    /// That is a pattern in which stands what is not seen, a full-width letter or the like, or
    /// `\\x{200B}`, or `\\p{Cf}`: as it is written it would find nothing in a form, or everything.
    package let isExact: Bool

    /// Compiles a pattern, and says what is wrong if it doesn't.
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
                // Control, format, private and unassigned characters, and what is not seen.
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

    /// How many groups it has; group 0, the whole match, is not counted.
    package var groupCount: Int { program.groupCount }
}

extension Pattern: OptionValue {
    /// In words.
    package static var expectation: String { "a regular expression" }

    /// Takes a pattern that compiles, or reports PCRE2's reason and where in the pattern it is.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> Pattern? {
        guard let text = value.text else {
            problems.expected(Self.self, found: value)
            return nil
        }
        let isShown = value.shownAs == nil
        let slip = PatternSlip(in: text)
        if let slip, !slip.isWarning {
            problems.expected(
                expectation, found: value, suggestion: slip.ending(isShown: isShown))
            return nil
        }
        do throws(PatternError) {
            let pattern = try Pattern(text)
            if let slip {
                problems.warn(
                    "found \(value.found)\(slip.ending(isShown: isShown))", at: value.location)
            }
            return pattern
        } catch {
            // Stars around a word are no regular expression but a glob.
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

/// Why a pattern can't be compiled, or why matching was given up.
package enum PatternError: Error, Equatable, CustomStringConvertible {
    /// The reason, and before which character, from 1, it was found.
    case invalid(String, character: Int)
    /// Matching took more steps, time or memory than one text may cost.
    case tooHard(pattern: String, bytes: Int, String)

    /// In one sentence, without the text that was looked at.
    package var description: String {
        switch self {
        case .invalid(let reason, let character): "\(reason), at character \(character)"
        case .tooHard(let pattern, let bytes, let reason):
            "the regular expression \(pattern.rendered) was given up on a text of \(bytes) bytes: "
                + reason
        }
    }
}

/// What PCRE2 made of a pattern, in machine code where the system allows that.
final class CompiledPattern: @unchecked Sendable {  // PCRE2 only reads a compiled pattern once it is made
    let code: OpaquePointer
    let groupCount: Int
    /// Whether it is machine code; if not it is interpreted, some ten times slower.
    let isNative: Bool
    // Whether a search may be cut in pieces by where the match begins. `\G` and verbs like
    // `(*COMMIT)` depend on where a search began.
    let isDivisible: Bool

    init(_ text: String) throws(PatternError) {
        var text = text
        var number: Int32 = 0
        var offset = 0
        // \C would match half a character.
        let options =
            PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT
        let compiled = text.withUTF8 { bytes in
            Self.withSettings {
                pcre2_compile_8(bytes.baseAddress, bytes.count, options, &number, &offset, $0)
            }
        }
        guard let compiled else {
            let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
            throw .invalid(Self.sentence(number), character: before.count + 1)
        }
        code = compiled
        // Succeeds without doing anything for a pattern that begins with (*NO_JIT), so that only the
        // size tells.
        pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
        var size = 0
        pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_JITSIZE), &size)
        isNative = size > 0
        isDivisible = !text.contains("\\G") && !text.contains("(*")
        var groups: UInt32 = 0
        pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
        groupCount = Int(groups)
    }

    deinit { pcre2_code_free_8(code) }

    /// What PCRE2 calls an error.
    static func sentence(_ error: Int32) -> String {
        // The longest message of PCRE2 10.42 has 105 bytes.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let count = pcre2_get_error_message_8(error, buffer.baseAddress, buffer.count)
            return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
        }
    }

    private static func withSettings<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
        let settings = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(settings) }
        // Lines of a message end with LF, whatever the library was built for.
        pcre2_set_newline_8(settings, UInt32(PCRE2_NEWLINE_LF))
        return body(settings)
    }
}
