import Sockets

/// A reader of bytes that a `ByteWriter` has written, which trusts none of them.
///
/// Valid as long as the bytes are.
@safe struct ByteReader {
    // Safe to name: it is read within its bounds only.
    @safe private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Makes a reader of bytes that stay where they are as long as it reads.
    @safe init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// True if there is nothing more.
    var isAtEnd: Bool { position >= bytes.count }

    /// Returns the next byte; `nil` at the end.
    mutating func byte() -> UInt8? {
        guard let byte = bytes.byte(at: position) else { return nil }
        position += 1
        return byte
    }

    /// Returns the next number; `nil` if there is none.
    mutating func number() -> UInt64? {
        var (result, shift): (UInt64, UInt64) = (0, 0)
        while shift < 64, let byte = byte() {
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        return nil
    }

    /// The highest number of a message, and the highest count of messages, that is believed: far
    /// more than an instance can send, and far too low for sums to overflow.
    static let maxOrdinal: UInt64 = 1 << 53

    /// Returns the next number or count of messages; `nil` if there is none, or if it is too high.
    mutating func ordinal() -> UInt64? { number().flatMap { $0 <= Self.maxOrdinal ? $0 : nil } }

    /// Returns the next bytes, whose count stands in front of them; `nil` if they are not there.
    @safe mutating func part() -> UnsafeRawBufferPointer? {
        guard let count = number(), count <= UInt64(bytes.count - position) else { return nil }
        let end = position + Int(count)
        defer { position = end }
        return bytes.part(position..<end)
    }

    /// Returns the next text; bytes that are no UTF-8 are replaced.
    mutating func text() -> String? { part()?.text }
}
