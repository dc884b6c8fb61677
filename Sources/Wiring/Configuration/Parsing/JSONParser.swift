import MessageBus

/// A parser of JSON with `//` and `/* */` comments and trailing commas that keeps the location of
/// each value.
///
/// It goes on after a mistake as long as it is clear where the next value begins. Its reports never
/// show a value, since any may be a secret.
struct JSONParser {
    /// The deepest nesting of lists and objects; a configuration needs about five levels.
    static let maxNesting = 64

    /// Thrown if it is unclear how to go on; the problem has been added.
    struct ParsingAborted: Error {}

    let bytes: [UInt8]
    var offset: Int
    private var positions: TextPositions
    private var problems: Problems
    private var depth = 0
    /// True once an odd space was reported: a file often contains many.
    var hasOddSpace = false

    /// Parses a whole file; returns `nil` if it could not be parsed to its end.
    static func parse(_ bytes: [UInt8], into problems: inout Problems) -> ConfigValue? {
        var parser = JSONParser(bytes, problems)
        defer { problems = parser.problems }
        return try? parser.parseDocument()
    }

    /// Parses a file that must contain an object.
    static func parseSettings(_ bytes: [UInt8], into problems: inout Problems) -> ConfigValue? {
        var parser = JSONParser(bytes, problems)
        defer { problems = parser.problems }
        return try? parser.parseSettings()
    }

    private init(_ bytes: [UInt8], _ problems: Problems) {
        self.bytes = bytes
        self.problems = problems
        // A byte order mark is skipped and not counted.
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        positions = TextPositions(bytes, from: offset)
    }

    private mutating func parseSettings() throws(ParsingAborted) -> ConfigValue {
        try checkEncoding()
        try skipSpace()
        if peek != UInt8(ascii: "{") {
            throw fail(
                "expected \"{\", as in {\"bridges\": [{\"type\": \"tcp\"}]}, found \(found)")
        }
        return try parseDocument()
    }

    private mutating func parseDocument() throws(ParsingAborted) -> ConfigValue {
        try checkEncoding()
        let value = try parseValue(ConfigLocation.init(root:))
        try skipSpace()
        guard let byte = peek else { return value }
        let isBracket = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
        let hint = isBracket ? ": one bracket too many" : ""
        throw fail("expected the end of the file, found \(found)\(hint)")
    }

    private mutating func checkEncoding() throws(ParsingAborted) {
        guard let invalid = firstInvalidByte() else { return }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw fail("expected UTF-8, found UTF-16: save the file as UTF-8", at: invalid)
        }
        throw fail("expected UTF-8, found a byte that isn't: save the file as UTF-8", at: invalid)
    }

    /// Parses a value; the function makes its location from the position where it begins.
    private mutating func parseValue(_ location: (TextPosition) -> ConfigLocation)
        throws(ParsingAborted) -> ConfigValue
    {
        try skipSpace()
        let location = location(positions.position(of: offset))
        switch peek {
        case UInt8(ascii: "{"): return ConfigValue(.object(try parseObject(location)), at: location)
        case UInt8(ascii: "["): return ConfigValue(.array(try parseArray(location)), at: location)
        case UInt8(ascii: "\""):
            let text = try parseString()
            return ConfigValue(text.map { .string($0) } ?? .invalid, at: location)
        case _ where isAtOddString:
            let text = try parseOddString(as: "a value in double quotes")
            return ConfigValue(text.map { .string($0) } ?? .invalid, at: location)
        case let byte? where Self.isWordByte(byte):
            let word = parseWord()
            if let kind = Self.kind(of: word) { return ConfigValue(kind, at: location) }
            if let meant = Self.meant(by: word) {
                mistake("expected \(meant), found \(word)", at: location)
                return ConfigValue(.invalid, at: location)
            }
            let isNumber = word.first.map { "+-.0123456789".contains($0) } ?? false
            mistake(
                isNumber
                    ? "expected a value, found a number that JSON would not write like this"
                    : "expected a value, found a word without quotes; texts stand in \"…\"",
                at: location)
            return ConfigValue(.invalid, at: location)
        default: throw fail("expected a value, found \(found)")
        }
    }

    private mutating func parseObject(_ location: ConfigLocation) throws(ParsingAborted)
        -> [ConfigValue.Member]
    {
        try enter()
        var members: [ConfigValue.Member] = []
        var firsts: [String: TextPosition] = [:]
        while try !isAtEnd(UInt8(ascii: "}"), of: location, isFirst: members.isEmpty) {
            // Determined before the key is parsed: going back would cost a pass over the whole
            // file.
            let position = positions.position(of: offset)
            let key = try parseKey()
            let keyLocation = location.member(key, at: position)
            if let first = firsts[key] {
                let name = key.shortened(to: 60).quoted
                mistake(
                    "\(name) is given twice, first in line \(first.line)", at: keyLocation)
            } else {
                firsts[key] = keyLocation.position
            }
            try skipSpace()
            if !skipEquals(), !skip(UInt8(ascii: ":")) {
                throw fail("expected \":\", found \(found)")
            }
            let value = try parseValue { location.member(key, at: $0) }
            members.append(ConfigValue.Member(key: key, keyLocation: keyLocation, value: value))
        }
        return members
    }

    private mutating func parseKey() throws(ParsingAborted) -> String {
        let start = offset
        if peek == UInt8(ascii: "\"") { return try parseString() ?? "" }
        if isAtOddString { return try parseOddString(as: "a key in double quotes") ?? "" }
        guard let byte = peek, Self.isWordByte(byte) else {
            throw fail("expected a key in double quotes, found \(found)")
        }
        if (0x30...0x39).contains(byte), offset > 0, bytes[offset - 1] == UInt8(ascii: ",") {
            throw fail(
                "expected a key in double quotes, found a number: 1,000 is written 1000 in JSON")
        }
        let key = parseWord()
        mistake("expected a key in double quotes, found one without", at: start)
        return key
    }

    private mutating func parseArray(_ location: ConfigLocation) throws(ParsingAborted)
        -> [ConfigValue]
    {
        try enter()
        var elements: [ConfigValue] = []
        while try !isAtEnd(UInt8(ascii: "]"), of: location, isFirst: elements.isEmpty) {
            let index = elements.count
            elements.append(try parseValue { location.element(index, at: $0) })
        }
        return elements
    }

    /// Skips an opening bracket.
    private mutating func enter() throws(ParsingAborted) {
        depth += 1
        guard depth <= Self.maxNesting else {
            throw fail("expected at most \(Self.maxNesting) levels of lists and objects")
        }
        offset += 1
    }

    /// Skips the comma before an item, or the closing bracket; returns true if it was the bracket.
    private mutating func isAtEnd(
        _ closing: UInt8, of location: ConfigLocation, isFirst: Bool
    ) throws(ParsingAborted) -> Bool {
        try skipSpace()
        if !isFirst, !skip(UInt8(ascii: ",")), peek != closing {
            let bracket = Character(Unicode.Scalar(closing))
            let expected = "expected \",\" or \"\(bracket)\", found \(found)"
            // A missing comma: only the next item can follow.
            let isNext =
                isAtOddString
                || peek.map { "\"{[".utf8.contains($0) || Self.isWordByte($0) } ?? false
            guard isNext else {
                let opening = closing == UInt8(ascii: "]") ? "[" : "{"
                throw fail(
                    "\(expected); the \"\(opening)\" of line \(location.position.line) is still open"
                )
            }
            if isBehindQuote { throw fail("\(expected); is there a quote too many or too few?") }
            mistake(expected, at: offset)
        }
        try skipSpace()
        guard skip(closing) else { return false }
        depth -= 1
        return true
    }
}

extension JSONParser {
    /// The byte that comes next; `nil` at the end.
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Skips a byte if it comes next.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    /// Adds a problem after which it is clear how to go on.
    mutating func mistake(_ sentence: String, at offset: Int) {
        problems.add(sentence, at: ConfigLocation(root: positions.position(of: offset)))
    }

    private mutating func mistake(_ sentence: String, at location: ConfigLocation) {
        problems.add(sentence, at: location)
    }

    /// Adds a problem after which it is not clear how to go on.
    mutating func fail(_ sentence: String, at offset: Int? = nil) -> ParsingAborted {
        problems.add(
            sentence, at: ConfigLocation(root: positions.position(of: offset ?? self.offset)))
        return ParsingAborted()
    }

    /// Skips white space and comments.
    private mutating func skipSpace() throws(ParsingAborted) {
        while let byte = peek {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case UInt8(ascii: "/"): try skipComment()
            case UInt8(ascii: "#"): skipHashComment()
            case 0x80...: if !skipOddSpace() { return }
            default: return
            }
        }
    }

    private mutating func skipComment() throws(ParsingAborted) {
        let start = offset
        let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0
        switch next {
        case UInt8(ascii: "/"):
            while let byte = peek, byte != 0x0A { offset += 1 }
        case UInt8(ascii: "*"):
            offset += 2
            while offset + 1 < bytes.count {
                if bytes[offset] == UInt8(ascii: "*"), bytes[offset + 1] == UInt8(ascii: "/") {
                    offset += 2
                    return
                }
                offset += 1
            }
            throw fail("expected \"*/\" at the end of this comment", at: start)
        default: throw fail("expected a value or a comment, found \"/\"")
        }
    }

    private mutating func parseWord() -> String {
        let start = offset
        while let byte = peek, Self.isWordByte(byte) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
        default: "+-._$".utf8.contains(byte)
        }
    }

    private static func kind(of word: String) -> ConfigValue.Kind? {
        switch word {
        case "true": .bool(true)
        case "false": .bool(false)
        case "null": .null
        default: isNumber(word.utf8[...]) ? .number(word) : nil
        }
    }

    /// Returns true if a word is a number by the grammar of RFC 8259.
    private static func isNumber(_ word: Substring.UTF8View) -> Bool {
        var rest = word.first == UInt8(ascii: "-") ? word.dropFirst() : word
        let whole = digits(of: &rest)
        guard whole.count == 1 || (whole.count > 1 && whole.first != UInt8(ascii: "0")) else {
            return false
        }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if digits(of: &rest).isEmpty { return false }
        }
        if let letter = rest.first, "eE".utf8.contains(letter) {
            rest = rest.dropFirst()
            if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
            if digits(of: &rest).isEmpty { return false }
        }
        return rest.isEmpty
    }

    private static func digits(of rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private func firstInvalidByte() -> Int? {
        var parser = Unicode.UTF8.ForwardParser()
        var input = bytes.makeIterator()
        var valid = 0
        while true {
            switch parser.parseScalar(from: &input) {
            case .valid(let scalar): valid += scalar.count
            case .emptyInput: return nil
            case .error: return valid
            }
        }
    }
}
