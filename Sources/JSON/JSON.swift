/// A JSON value that came from outside: members that are not there are null, odd ones are ignored.
package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    /// The member of that name; null if there is none, or the value is not an object.
    package subscript(key: String) -> JSON {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }

    /// True if it is not null.
    package var isPresent: Bool { self != .null }

    /// True if it is an object.
    package var isObject: Bool {
        if case .object = self { true } else { false }
    }

    /// True if it is `true`.
    package var isTrue: Bool { self == .bool(true) }

    /// The text; nil if it is not one.
    package var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The text; nil if it is not one or empty.
    package var nonEmptyString: String? { string.flatMap { $0.isEmpty ? nil : $0 } }

    /// The whole number; nil if it is not one or beyond 2⁵³, up to which all programs agree (RFC
    /// 8259, 6): no computation with a smaller one overflows.
    package var integer: Int64? {
        let number: Int64? =
            switch self {
            case .integer(let number): number
            case .real(let number): Int64(exactly: number)
            default: nil
            }
        return number.flatMap { (-(1 << 53)...1 << 53).contains($0) ? $0 : nil }
    }

    /// The number; nil if it is not one, or too large.
    package var double: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number.isFinite ? number : nil
        default: nil
        }
    }

    /// The elements; none if it is not a list.
    package var elements: [JSON] {
        if case .list(let elements) = self { elements } else { [] }
    }
}

extension JSON {
    /// The JSON text, without the members that are null: the Bot API takes `null` for the text
    /// "null".
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes, keepingNulls: false)
        return bytes
    }

    /// The JSON text, with the members that are null.
    package var encodedWithNulls: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes, keepingNulls: true)
        return bytes
    }

    /// True for null, and for numbers that JSON has no form for.
    private var isWrittenAsNull: Bool {
        switch self {
        case .null: true
        case .real(let number): !number.isFinite
        default: false
        }
    }

    private func encode(into bytes: inout [UInt8], keepingNulls: Bool) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let number): bytes += String(number).utf8
        case .real(let number): bytes += (number.isFinite ? String(number) : "null").utf8
        case .text(let text): Self.encode(text, into: &bytes)
        case .list(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.encode(into: &bytes, keepingNulls: keepingNulls)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let present = members.filter { keepingNulls || !$0.value.isWrittenAsNull }
                .sorted { $0.key < $1.key }
            for (index, member) in present.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.encode(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.encode(into: &bytes, keepingNulls: keepingNulls)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func encode(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += "\\n".utf8
            case 0x00..<0x20:
                let digits = String(byte, radix: 16)
                bytes += "\\u\(digits.count == 1 ? "000" : "00")\(digits)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
