import MessageBus

/// Reads JSON with `//` and `/* */` comments and trailing commas, and keeps where everything is.
///
/// Goes on after a mistake as long as it is clear where the next value begins. What it reports never
/// shows a value, since any of them may be a secret.
struct JSONParser {
    /// How deep lists and objects may be nested; a configuration needs about five.
    static let deepestNesting = 64
    /// After so many mistakes the file is something else, and the rest is not read.
    static let mostMistakes = 50

    /// Thrown when it is not clear how to go on; the problem has been added.
    struct GaveUp: Error {}

    let bytes: [UInt8]
    var offset: Int
    private var positions: TextPositions
    private var problems: Problems
    private var mistakes = 0
    private var depth = 0

    /// Parses a whole file; nil if it could not be read to its end.
    static func parse(_ bytes: [UInt8], into problems: inout Problems) -> ConfigValue? {
        var parser = JSONParser(bytes, problems)
        defer { problems = parser.problems }
        return try? parser.parseDocument()
    }

    private init(_ bytes: [UInt8], _ problems: Problems) {
        self.bytes = bytes
        self.problems = problems
        // A byte order mark is tolerated and not counted.
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        positions = TextPositions(bytes, from: offset)
    }

    private mutating func parseDocument() throws(GaveUp) -> ConfigValue {
        if let invalid = firstInvalidByte() {
            throw fail("expected UTF-8, found a byte that isn't", at: invalid)
        }
        let value = try parseValue(Place.init(root:))
        try skipSpace()
        if peek != nil { throw fail("expected the end of the file, found \(found)") }
        return value
    }

    /// Parses a value; the place is made of the position it begins at.
    private mutating func parseValue(_ place: (Position) -> Place) throws(GaveUp) -> ConfigValue {
        try skipSpace()
        let place = place(positions.position(of: offset))
        switch peek {
        case UInt8(ascii: "{"): return ConfigValue(.object(try parseObject(place)), at: place)
        case UInt8(ascii: "["): return ConfigValue(.array(try parseArray(place)), at: place)
        case UInt8(ascii: "\""):
            let text = try parseString()
            return ConfigValue(text.map { .string($0) } ?? .invalid, at: place)
        case let byte? where Self.isWordByte(byte):
            let word = takeWord()
            if let kind = Self.kind(of: word) { return ConfigValue(kind, at: place) }
            let isNumber = word.first.map { "+-.0123456789".contains($0) } ?? false
            try mistake(
                isNumber
                    ? "expected a value, found a number that JSON would not write like this"
                    : "expected a value, found a word without quotes", at: place)
            return ConfigValue(.invalid, at: place)
        default: throw fail("expected a value, found \(found)")
        }
    }

    private mutating func parseObject(_ place: Place) throws(GaveUp) -> [ConfigValue.Member] {
        try enter()
        var members: [ConfigValue.Member] = []
        var firsts: [String: Position] = [:]
        while try !isAtEnd(UInt8(ascii: "}"), isFirst: members.isEmpty) {
            let start = offset
            let key = try parseKey()
            let keyPlace = place.member(key, at: positions.position(of: start))
            if let first = firsts[key] {
                let name = key.shortened(to: 60).quoted
                try mistake(
                    "\(name) is given twice, first in line \(first.line)", at: keyPlace)
            } else {
                firsts[key] = keyPlace.position
            }
            try skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fail("expected \":\", found \(found)") }
            let value = try parseValue { place.member(key, at: $0) }
            members.append(ConfigValue.Member(key: key, keyPlace: keyPlace, value: value))
        }
        return members
    }

    private mutating func parseKey() throws(GaveUp) -> String {
        let start = offset
        if peek == UInt8(ascii: "\"") { return try parseString() ?? "" }
        guard let byte = peek, Self.isWordByte(byte) else {
            throw fail("expected a key in double quotes, found \(found)")
        }
        let key = takeWord()
        try mistake("expected a key in double quotes, found one without", at: start)
        return key
    }

    private mutating func parseArray(_ place: Place) throws(GaveUp) -> [ConfigValue] {
        try enter()
        var elements: [ConfigValue] = []
        while try !isAtEnd(UInt8(ascii: "]"), isFirst: elements.isEmpty) {
            let index = elements.count
            elements.append(try parseValue { place.element(index, at: $0) })
        }
        return elements
    }

    /// Steps over an opening bracket.
    private mutating func enter() throws(GaveUp) {
        depth += 1
        guard depth <= Self.deepestNesting else {
            throw fail("expected at most \(Self.deepestNesting) levels of lists and objects")
        }
        offset += 1
    }

    /// Steps over the comma before an item, or over the closing bracket, and tells which it was.
    private mutating func isAtEnd(_ closing: UInt8, isFirst: Bool) throws(GaveUp) -> Bool {
        try skipSpace()
        if !isFirst, !take(UInt8(ascii: ",")), peek != closing {
            let bracket = Character(Unicode.Scalar(closing))
            let expected = "expected \",\" or \"\(bracket)\", found \(found)"
            // A forgotten comma: what follows can only be the next item.
            guard let byte = peek, "\"{[".utf8.contains(byte) else { throw fail(expected) }
            try mistake(expected, at: offset)
        }
        try skipSpace()
        guard take(closing) else { return false }
        depth -= 1
        return true
    }
}

extension JSONParser {
    /// The byte that comes next; nil at the end.
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Steps over a byte if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    /// Adds a problem after which it is clear how to go on.
    mutating func mistake(_ sentence: String, at offset: Int) throws(GaveUp) {
        problems.add(sentence, at: Place(root: positions.position(of: offset)))
        try countMistake()
    }

    private mutating func mistake(_ sentence: String, at place: Place) throws(GaveUp) {
        problems.add(sentence, at: place)
        try countMistake()
    }

    private mutating func countMistake() throws(GaveUp) {
        mistakes += 1
        if mistakes >= Self.mostMistakes { throw GaveUp() }
    }

    /// Adds a problem after which it is not clear how to go on.
    mutating func fail(_ sentence: String, at offset: Int? = nil) -> GaveUp {
        problems.add(sentence, at: Place(root: positions.position(of: offset ?? self.offset)))
        return GaveUp()
    }

    /// What comes next, in words that show punctuation and nothing that could be a secret.
    private var found: String {
        switch peek {
        case nil: "the end of the file"
        case UInt8(ascii: "\""): "a string"
        case let byte? where ",:{}[]".utf8.contains(byte):
            "\"\(Character(Unicode.Scalar(byte)))\""
        case UInt8(ascii: "'"): "a single quote"
        case let byte? where Self.isWordByte(byte): "a word without quotes"
        default: "a character that means nothing here"
        }
    }

    /// Steps over white space and comments.
    private mutating func skipSpace() throws(GaveUp) {
        while let byte = peek {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case UInt8(ascii: "/"): try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(GaveUp) {
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

    private mutating func takeWord() -> String {
        let start = offset
        while let byte = peek, Self.isWordByte(byte) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
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

    /// Tells whether a word is a number by the grammar of RFC 8259.
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
