import MessageBus

/// A writer of JSON into memory that is large enough for it, straight from bytes.
///
/// Owned by the encoder that writes one event with it; confined to the bus's loop.
@safe struct JSONBytes {
    /// The place of the next byte.
    private(set) var place: UnsafeMutableRawPointer

    /// Begins to write at a place.
    init(at place: UnsafeMutableRawPointer) { unsafe self.place = place }

    /// The most bytes that one byte of a text can become: `\u001f`.
    static let maxPerByte = 6

    /// Writes bytes that are JSON already.
    @inline(__always)
    mutating func write(_ json: StaticString) {
        unsafe place.copyMemory(from: json.utf8Start, byteCount: json.utf8CodeUnitCount)
        unsafe place += json.utf8CodeUnitCount
    }

    /// Writes a byte that is JSON already.
    @inline(__always)
    mutating func write(byte: UInt8) {
        unsafe place.storeBytes(of: byte, as: UInt8.self)
        unsafe place += 1
    }

    /// Writes a number.
    mutating func write(_ number: UInt64) {
        var count = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        rest = number
        var at = unsafe place + count
        for _ in 0..<count {
            unsafe at -= 1
            unsafe at.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), as: UInt8.self)
            rest /= 10
        }
        unsafe place += count
    }

    /// Writes a message's number.
    mutating func write(_ number: MessageNumber) { write(number.rawValue) }

    /// Writes a number that may be negative.
    mutating func write(_ number: Int64) {
        if number < 0 { write(byte: UInt8(ascii: "-")) }
        write(number.magnitude)
    }

    /// Writes a string, quoted.
    mutating func write(string: String) {
        var string = string
        string.withUTF8 { unsafe write(string: UnsafeRawBufferPointer($0)) }
    }

    /// Writes UTF-8 as a string, quoted.
    mutating func write(string text: UnsafeRawBufferPointer) {
        write(byte: UInt8(ascii: "\""))
        unsafe write(escaping: text)
        write(byte: UInt8(ascii: "\""))
    }

    /// Writes UTF-8 as a part of a string.
    ///
    /// Only what RFC 8259 demands is escaped: quotation marks, backslashes and controls.
    mutating func write(escaping text: UnsafeRawBufferPointer) {
        guard let start = text.baseAddress else { return }
        var at = 0
        while at + 8 <= text.count {
            let word = unsafe (start + at).loadUnaligned(as: UInt64.self)
            if Self.needsEscaping(word) {
                for index in at..<(at + 8) { unsafe write(escaping: text[index]) }
            } else {
                unsafe place.storeBytes(of: word, as: UInt64.self)
                unsafe place += 8
            }
            at += 8
        }
        while at < text.count {
            unsafe write(escaping: text[at])
            at += 1
        }
    }

    @inline(__always)
    private mutating func write(escaping byte: UInt8) {
        if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            return write(byte: byte)
        }
        writeEscape(of: byte)
    }

    private mutating func writeEscape(of byte: UInt8) {
        write(byte: UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): write(byte: UInt8(ascii: "n"))
        case UInt8(ascii: "\t"): write(byte: UInt8(ascii: "t"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): write(byte: byte)
        default:
            write("u00")
            write(byte: UInt8(ascii: "0") + byte >> 4)
            let low = byte & 15
            write(byte: low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }

    /// Returns the number of bytes of a text as part of a string.
    static func count(escaping text: UnsafeRawBufferPointer) -> Int {
        guard let start = text.baseAddress else { return 0 }
        var (at, count) = (0, text.count)
        while at + 8 <= text.count {
            if unsafe needsEscaping((start + at).loadUnaligned(as: UInt64.self)) {
                for index in at..<(at + 8) { unsafe count += self.count(escaping: text[index]) - 1 }
            }
            at += 8
        }
        while at < text.count {
            unsafe count += self.count(escaping: text[at]) - 1
            at += 1
        }
        return count
    }

    private static func count(escaping byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\""), UInt8(ascii: "\\"): 2
        case 0..<0x20: maxPerByte
        default: 1
        }
    }

    /// Returns the number of a text's first bytes that fit, escaped, without cutting a character in
    /// two.
    static func fittingCount(of text: UnsafeRawBufferPointer, within most: Int) -> Int {
        var (at, used) = (0, 0)
        while at < text.count {
            unsafe used += count(escaping: text[at])
            if used > most { break }
            at += 1
        }
        while at > 0, at < text.count, unsafe text[at] & 0xC0 == 0x80 { at -= 1 }
        return at
    }

    /// Returns true if one of eight bytes must be escaped.
    @inline(__always)
    private static func needsEscaping(_ word: UInt64) -> Bool {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        // A byte below n: (x - n) & ~x has its highest bit set, for at least the lowest of them.
        let controls = (word &- ones &* 0x20) & ~word
        let found = controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        return found & highs != 0
    }
}
