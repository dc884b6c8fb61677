/// The checksum of bytes of a file, by which they are recognised.
enum Checksum {
    /// Returns a checksum of `count` bytes, computed eight at a time.
    ///
    /// `FileMarks` saves such checksums: another way to compute them makes all saved marks void.
    /// Collisions can be made on purpose; they gain nothing for those who can write the file.
    static func of(_ start: UnsafeRawPointer, _ count: Int) -> UInt32 {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var sum = UInt64(truncatingIfNeeded: count) &* factor
        var offset = 0
        while offset + 8 <= count {
            sum =
                unsafe (sum ^ start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                &* factor
            sum ^= sum >> 29
            offset += 8
        }
        while offset < count {
            sum =
                unsafe (sum ^ UInt64(start.load(fromByteOffset: offset, as: UInt8.self))) &* factor
            sum ^= sum >> 31
            offset += 1
        }
        return UInt32(truncatingIfNeeded: sum ^ (sum >> 32))
    }
}
