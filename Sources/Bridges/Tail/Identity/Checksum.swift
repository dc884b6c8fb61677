/// The checksum of bytes of a file, by which they are recognised.
enum Checksum {
    /// Returns a checksum of bytes, computed eight at a time.
    ///
    /// `FileMarks` saves such checksums: another way to compute them makes all saved marks void.
    /// A collision gains nothing for those who can write the file.
    static func of(_ start: UnsafeRawPointer, _ count: Int) -> UInt32 {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var sum = UInt64(truncatingIfNeeded: count) &* factor
        var place = 0
        while place + 8 <= count {
            sum =
                unsafe (sum ^ start.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* factor
            sum ^= sum >> 29
            place += 8
        }
        while place < count {
            sum = unsafe (sum ^ UInt64(start.load(fromByteOffset: place, as: UInt8.self))) &* factor
            sum ^= sum >> 31
            place += 1
        }
        return UInt32(truncatingIfNeeded: sum ^ (sum >> 32))
    }
}
