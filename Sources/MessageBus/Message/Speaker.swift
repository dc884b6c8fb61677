import Glibc

/// The beginning of one speaker's lines, and the part that their messages have in common.
package struct Speaker {
    private let prefix: UnsafeRawBufferPointer
    // The first eight bytes of the prefix, or all of them where there are fewer: nearly always one
    // comparison is enough.
    private let word: UInt64
    private let mask: UInt64
    package let bare: MessageHeader
    package let framed: MessageHeader

    /// Number of bytes of `NAME: `.
    package var prefixCount: Int { prefix.count }

    /// Makes the speaker of a message in an arena; valid as long as the arena holds the message.
    package init(of header: MessageHeader, in arena: MessageArena) {
        prefix = arena.prefix(of: header)
        var bytes: UInt64 = 0
        for (index, byte) in prefix.prefix(8).enumerated() {
            bytes |= UInt64(byte) << (8 * UInt64(index))
        }
        word = UInt64(littleEndian: bytes)
        let used = 8 * UInt64(min(8, prefix.count))
        mask = UInt64(littleEndian: used == 64 ? .max : (1 << used) - 1)
        bare = header
        var framed = header
        framed.flags.insert(.framed)
        self.framed = framed
    }

    /// Returns whether a line begins with the prefix; eight bytes must be readable whatever its
    /// length.
    @inline(__always)
    package func begins(_ line: UnsafeRawPointer) -> Bool {
        guard (line.loadUnaligned(as: UInt64.self) ^ word) & mask == 0 else { return false }
        guard prefix.count > 8, let start = prefix.baseAddress else { return true }
        return memcmp(line + 8, start + 8, prefix.count - 8) == 0
    }
}
