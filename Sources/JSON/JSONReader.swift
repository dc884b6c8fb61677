/// A reader of JSON from outside (RFC 8259).
///
/// Half of a surrogate pair in a name becomes U+FFFD, as do bytes that are not UTF-8; Foundation's
/// reader refuses a whole answer for that. The parser of bridge.json can't serve here: it accepts
/// comments, keeps the place of every value for its problems and refuses what this one repairs, so
/// a common one would be laxer for the file and slower for the answers.
package struct JSONReader {
    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    /// The deepest nesting that is read; an answer of Telegram's has about ten levels.
    private static let maxDepth = 128

    /// Returns the value of a text; nil if it is not JSON.
    package static func read(_ bytes: [UInt8]) -> JSON? {
        var reader = JSONReader(bytes: bytes)
        // Some servers put a byte order mark in front.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.at = 3 }
        guard let value = reader.value() else { return nil }
        reader.skipSpace()
        return reader.at == bytes.count ? value : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            at += 1
        }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func consume(_ word: StaticString) -> Bool {
        // The buffer is that of a literal, which is always there.
        let found = word.withUTF8Buffer { unsafe bytes[at...].starts(with: $0) }
        if found { at += word.utf8CodeUnitCount }
        return found
    }

    private mutating func value() -> JSON? {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return nested { $0.object() }
        case UInt8(ascii: "["): return nested { $0.list() }
        case UInt8(ascii: "\""): return text().map { .text($0) }
        case UInt8(ascii: "t"): return consume("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return consume("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return consume("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func nested(_ read: (inout JSONReader) -> JSON?) -> JSON? {
        guard depth < Self.maxDepth else { return nil }
        depth += 1
        defer { depth -= 1 }
        at += 1
        return read(&self)
    }

    private mutating func object() -> JSON? {
        var members: [String: JSON] = [:]
        skipSpace()
        if consume(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\""), let key = text() else { return nil }
            skipSpace()
            guard consume(UInt8(ascii: ":")), let value = value() else { return nil }
            members[key] = value
            skipSpace()
            if consume(UInt8(ascii: "}")) { return .object(members) }
            guard consume(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func list() -> JSON? {
        var elements: [JSON] = []
        skipSpace()
        if consume(UInt8(ascii: "]")) { return .list(elements) }
        while true {
            guard let value = value() else { return nil }
            elements.append(value)
            skipSpace()
            if consume(UInt8(ascii: "]")) { return .list(elements) }
            guard consume(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func number() -> JSON? {
        let start = at
        _ = consume(UInt8(ascii: "-"))
        // No zeros in front (RFC 8259, 6).
        guard consume(UInt8(ascii: "0")) || skipDigits() else { return nil }
        if consume(UInt8(ascii: ".")), !skipDigits() { return nil }
        if consume(UInt8(ascii: "e")) || consume(UInt8(ascii: "E")) {
            _ = consume(UInt8(ascii: "+")) || consume(UInt8(ascii: "-"))
            guard skipDigits() else { return nil }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if let whole = Int64(text) { return .integer(whole) }
        // A number that is too large for any use becomes infinite: no whole number, but there.
        return Double(text).map { .real($0) }
    }

    /// Skips digits and returns whether there was one.
    private mutating func skipDigits() -> Bool {
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        return at > start
    }

    // MARK: - Texts

    private mutating func text() -> String? {
        at += 1
        let start = at
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""),
            byte != UInt8(ascii: "\\")
        {
            at += 1
        }
        if next == UInt8(ascii: "\"") {
            defer { at += 1 }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
        var result = Array(bytes[start..<at])
        while let byte = next {
            at += 1
            if byte < 0x20 { return nil }
            if byte == UInt8(ascii: "\"") { return String(decoding: result, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard let scalar = escape() else { return nil }
                result += String(scalar).utf8
            } else {
                result.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = next else { return nil }
        at += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return unit().map { scalar(of: $0) }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(byte)
        default: return nil
        }
    }

    private mutating func unit() -> UInt32? {
        guard at + 4 <= bytes.count else { return nil }
        let digits = String(decoding: bytes[at..<(at + 4)], as: UTF8.self)
        guard let unit = UInt32(digits, radix: 16) else { return nil }
        at += 4
        return unit
    }

    private mutating func scalar(of unit: UInt32) -> Unicode.Scalar {
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let start = at
        if unit < 0xDC00, consume("\\u"), let low = self.unit(), (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        {
            return scalar
        }
        at = start
        return "\u{FFFD}"
    }
}
