import Glibc

/// The beginning of one speaker's lines, and the part that their messages have in common.
@safe package struct Speaker {
    private let prefix: UnsafeRawBufferPointer
    // The first eight bytes of the prefix, or all of them where there are fewer: nearly always one
    // comparison is enough.
    private let word: UInt64
    private let mask: UInt64
    package let bare: MessageHeader
    package let framed: MessageHeader

    /// Number of bytes of `NAME: `.
    package var prefixCount: Int { unsafe prefix.count }

    /// Adds a sender to an arena and makes the speaker of their messages there; valid until the
    /// arena's messages are removed.
    @unsafe package init(_ sender: Sender, on connectionID: UInt32, in arena: MessageArena) {
        var header = MessageHeader()
        header.connectionID = connectionID
        header.sender = arena.index(of: sender)
        unsafe self.init(of: header, in: arena)
    }

    /// Makes the speaker of a message in an arena; valid as long as the arena holds the message.
    @unsafe package init(of header: MessageHeader, in arena: MessageArena) {
        unsafe prefix = arena.prefix(of: header)
        var bytes: UInt64 = 0
        let used = unsafe min(8, prefix.count)
        for index in 0..<used {
            bytes |= UInt64(unsafe prefix[index]) << (8 * UInt64(index))
        }
        word = UInt64(littleEndian: bytes)
        mask = UInt64(littleEndian: used == 8 ? .max : (1 << (8 * UInt64(used))) - 1)
        bare = header
        var framed = header
        framed.flags.insert(.framed)
        self.framed = framed
    }

    /// Returns whether a line begins with the prefix; eight bytes must be readable whatever its
    /// length.
    @inline(__always)
    package func begins(_ line: UnsafeRawPointer) -> Bool {
        guard unsafe (line.loadUnaligned(as: UInt64.self) ^ word) & mask == 0 else { return false }
        guard unsafe prefix.count > 8, let start = unsafe prefix.baseAddress else { return true }
        return unsafe memcmp(line + 8, start + 8, prefix.count - 8) == 0
    }
}
