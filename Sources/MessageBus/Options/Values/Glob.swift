/// A pattern for names: `*` stands for any text, `?` for one character, all else for itself.
public struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as it was written.
    public let pattern: String
    /// True if there is no `*` and no `?` in it, so that it matches only itself.
    public let isLiteral: Bool

    private static let star = UInt8(ascii: "*")
    private static let mark = UInt8(ascii: "?")

    /// Makes a glob; every text is one.
    public init(_ pattern: String) {
        self.pattern = pattern
        isLiteral = !pattern.utf8.contains { $0 == Self.star || $0 == Self.mark }
    }

    /// The pattern.
    public var description: String { pattern }

    /// Returns the same pattern for folded texts: all of it but `*` and `?` is folded.
    ///
    /// A character that folds to `*` or `?` then acts like one.
    package func folded(by fold: (String) -> String) -> Glob {
        var result = ""
        var plain = ""
        func endPlain() {
            result += fold(plain).replacing("*", with: "?")
            plain = ""
        }
        for scalar in pattern.unicodeScalars {
            if scalar == "*" || scalar == "?" {
                endPlain()
                result.unicodeScalars.append(scalar)
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
        endPlain()
        return Glob(result)
    }

    /// Returns whether a whole text matches.
    ///
    /// Allocates nothing.
    public func matches(_ text: String) -> Bool {
        matches(text.utf8.span)
    }

    /// Returns whether a whole text, given as UTF-8, matches.
    ///
    /// Allocates nothing, and takes at most the product of both lengths.
    public func matches(_ text: Span<UInt8>) -> Bool {
        let pattern = pattern.utf8.span
        var (at, location) = (0, 0)
        // After the last star: where the pattern goes on, and how far the star reaches so far.
        var retry: (at: Int, location: Int)?
        while location < text.count {
            if at < pattern.count, pattern[at] == Self.star {
                at += 1
                retry = (at, location)
            } else if at < pattern.count, pattern[at] == Self.mark {
                at += 1
                location = Self.afterCharacter(location, in: text)
            } else if at < pattern.count, pattern[at] == text[location] {
                at += 1
                location += 1
            } else if let last = retry {
                let next = Self.afterCharacter(last.location, in: text)
                retry = (last.at, next)
                (at, location) = (last.at, next)
            } else {
                return false
            }
        }
        while at < pattern.count, pattern[at] == Self.star { at += 1 }
        return at == pattern.count
    }

    /// Returns the place after the scalar that begins at a place.
    private static func afterCharacter(_ location: Int, in text: Span<UInt8>) -> Int {
        var next = location + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }
}

extension Glob: OptionValue, ExpressibleByStringLiteral {
    /// In words.
    public static var expectation: String { "a name, perhaps with * or ?" }
    /// In words.
    public static var pluralExpectation: String { "names, perhaps with * or ?" }

    /// Any string but an empty one.
    public static var schema: OptionSchema { .pattern("[\\s\\S]") }

    /// Makes a glob of its pattern.
    public init(stringLiteral pattern: String) {
        self.init(pattern)
    }

    /// Decodes any string but an empty one, which would match nothing.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Glob? {
        if let text = value.text, !text.isEmpty { return Glob(text) }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    public var rendered: String { pattern.quoted }
}
