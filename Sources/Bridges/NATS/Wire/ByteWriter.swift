/// A writer of bytes: numbers in seven bits a byte, texts with their length in front.
struct ByteWriter {
    /// The bytes so far.
    private(set) var bytes: [UInt8] = []

    /// Makes a writer with space for a number of bytes.
    init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Appends one byte.
    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Appends a number, the lowest seven bits first; all bytes but its last have the highest bit.
    mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends bytes behind their count.
    @safe mutating func append(_ part: UnsafeRawBufferPointer) {
        append(UInt64(part.count))
        unsafe bytes.append(contentsOf: part)
    }

    /// Appends a text behind its count of bytes.
    mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends bytes as they are.
    mutating func append(raw part: [UInt8]) { bytes += part }

    /// Removes everything, and keeps the memory.
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
