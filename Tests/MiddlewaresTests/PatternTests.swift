import MessageBus
import TestSupport
import Testing

@testable import Middlewares
@testable import Patterns

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        let matcher = try Matcher(Pattern(pattern))
        return try Array(text.utf8).withUnsafeBytes(matcher.matches)
    }

    @Test(arguments: [
        ("casino", "el casino", true), ("casino", "el CASINO", false),
        ("(?i)casino", "CaSiNo", true),
        ("", "", true), ("^$", "", true), ("a", "", false), ("^hola$", "hola", true),
        ("^b", "a\nb", false), ("(?m)^b$", "a\nb\nc", true), ("a.b", "a\nb", false),
        (#"\w+"#, "ñ", true), (#"^\w+$"#, "año", true), ("^.$", "€", true), ("(?i)Ñ", "ñ", true),
        ("(?i)kilo", "\u{212A}ilo", true), ("(?i)casino", "ca\u{17F}ino", true),
        ("casino", "ca\u{17F}ino", false), (#"1\.5"#, "1.5", true), (#"1\.5"#, "1x5", false),
        ("ERROR|FATAL", "es FATAL", true), ("(?i)uno|dos", "DOS", true), ("uno|", "x", true),
        (#"\|"#, "a|b", true), ("niño", "el niño", true), (#"\Qa.b\E"#, "a.b", true),
        ("(*NO_JIT)o.a", "hola", true), (#"\bsí\b"#, "pues sí.", true), ("[^a]", "a€", true),
    ])
    func `a pattern matches what PCRE2 says`(pattern: String, text: String, isMatch: Bool) throws {
        #expect(try matches(pattern, text) == isMatch)
    }

    @Test(arguments: [
        ("(?i)casi[no", "missing terminating ] for character class, at character 12"),
        ("ñandú(", "missing closing parenthesis, at character 7"),
        ("*", "quantifier does not follow a repeatable item, at character 1"),
        (#"\C"#, "using \\\\C is disabled by the application, at character 3"),
    ])
    func `an invalid pattern is a problem with PCRE2's reason`(pattern: String, reason: String) {
        let decoded = decode(Filter.Options.self, ["drop": .texts("fine", pattern)])
        #expect(decoded.options == nil)
        let shown = pattern.rendered
        #expect(
            decoded.problems == [
                "drop[1]: expected a regular expression, found \(shown): "
                    + reason.replacing("\\\\", with: "\\")
            ])
    }

    @Test func `only a string is a pattern`() {
        let decoded = decode(
            Filter.Options.self,
            [
                "drop": .array([
                    ConfigValue(.bool(true), at: ConfigLocation(root: .init(line: 1, column: 1)))
                ])
            ]
        )
        #expect(decoded.problems == ["drop[0]: expected a regular expression, found true"])
    }

    @Test(arguments: Seeded.some)
    func `words give the same answers as the expression`(seed: UInt64) throws {
        var random = Seeded(seed)
        let letters = Array("aAbBsSkKñÑ \u{17F}\u{212A}.|€—")
        var isFound = (yes: 0, no: 0)
        for round in 0..<3_000 {
            let word = String(
                (0..<Int.random(in: 1...5, using: &random)).map { _ in
                    "abskSKAB x-".randomElement(using: &random) ?? "a"
                })
            let other = String("abskx".randomElement(using: &random) ?? "a")
            let source = ["\(word)", "(?i)\(word)", "(?i)\(word)|\(other)\(other)"][round % 3]
            let matcher = try Matcher(Pattern(source))
            try #require(!matcher.pattern.words.isEmpty)
            for _ in 0..<10 {
                let count = Int.random(in: 0...70, using: &random)
                let text = String(
                    (0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
                try Array(text.utf8).withUnsafeBytes { bytes in
                    let answer = try matcher.matches(bytes)
                    let model = try matcher.matchesExpression(bytes)
                    #expect(answer == model, "\(source) in \(text)")
                    if answer { isFound.yes += 1 } else { isFound.no += 1 }
                }
            }
        }
        #expect(isFound.yes > 1_000 && isFound.no > 1_000)
    }

    @Test func `a word is found at every place of a text of every length`() throws {
        let literal = try #require(Literal(Array("lobo".utf8), isCaseless: true))
        for length in 4...80 {
            for place in 0...length - 4 {
                var text = [UInt8](repeating: UInt8(ascii: "l"), count: length)
                text.withUnsafeBytes { #expect(literal.occurs(in: $0) == false) }
                text.replaceSubrange(place..<place + 4, with: "LoBo".utf8)
                text.withUnsafeBytes { #expect(literal.occurs(in: $0) == true) }
            }
        }
    }

    @Test func `no other character is the other case of an ASCII letter but those two`() throws {
        // The assumption of `Literal`, checked with PCRE2 for every character.
        let matcher = try Matcher(Pattern("(?i)[a-z]"))
        for value in UInt32(0x80)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isMatch = try Array(String(scalar).utf8).withUnsafeBytes(matcher.matchesExpression)
            #expect(isMatch == (value == 0x17F || value == 0x212A), "U+\(String(value, radix: 16))")
        }
    }

    @Test(arguments: [
        "(a+)+$", "(?:a|a)*$", "(a*)*[bd]", "a*a*a*a*[bd]", "(?:aa?)*[bd]", "(*NO_JIT)(a+)+$",
        "(*NO_JIT)a*a*a*[bd]",
    ])
    func `a pattern that would take for ever is given up`(pattern: String) throws {
        let matcher = try Matcher(Pattern(pattern))
        for length in [64, 500, 5_000, 60_000] {
            let text = [UInt8](repeating: UInt8(ascii: "a"), count: length) + [UInt8(ascii: "c")]
            #expect(throws: PatternError.self, "\(pattern), \(length)") {
                // Short texts may end by themselves, so that a longer one is asked for as well.
                if try text.withUnsafeBytes(matcher.matches) == false, length < 500 {
                    throw PatternError.invalid("it ended by itself", character: 1)
                }
            }
        }
    }

    @Test(arguments: Seeded.some)
    func `a search in pieces finds the same as one in a whole`(seed: UInt64) throws {
        var random = Seeded(seed)
        for pattern in [#"\d+"#, "a*", "(?<=ñ)a|b+", "ab|ba|€", "(?m)^.|$", "x?y*"] {
            let whole = try Matcher(Pattern("(?:)" + pattern))
            let pieces = try Matcher(Pattern(pattern))
            for _ in 0..<20 {
                let count = Int.random(in: 400...1_600, using: &random)
                let text = String(
                    (0..<count).map { _ in "ab1ñ€ \nxy".randomElement(using: &random) ?? "a" })
                try Array(text.utf8).withUnsafeBytes { bytes in
                    var search = Search(pieces, in: bytes)
                    var position = 0
                    var isAfterEmpty = false
                    while position <= bytes.count,
                        try whole.find(
                            in: bytes, from: position, before: nil, afterEmpty: isAfterEmpty),
                        let match = whole[0]
                    {
                        #expect(try search.next() == match)
                        position = match.upperBound
                        isAfterEmpty = match.isEmpty
                    }
                    #expect(try search.next() == nil)
                }
            }
        }
    }
}
