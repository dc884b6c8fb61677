/// The count of characters as a person counts them: grapheme clusters.
///
/// All bytes given here must be valid UTF-8. Nothing allocates.
package enum TextCounting {
    /// Returns whether the text has more characters than a limit; at once if it has no more bytes
    /// than that.
    @safe package static func exceeds(_ bytes: UnsafeRawBufferPointer, characters limit: Int)
        -> Bool
    {
        if bytes.count <= limit { return false }
        // Printable ASCII never joins: as many characters as bytes.
        if TextScan.isPrintableASCII(bytes) { return true }
        return prefix(of: bytes, characters: limit) < bytes.count
    }

    /// Returns the number of bytes of the first characters, within a limit of characters and one of
    /// bytes.
    ///
    /// Limits both, because one character may be any number of bytes long.
    @safe package static func prefix(
        of bytes: UnsafeRawBufferPointer, characters: Int, bytes byteLimit: Int = .max
    ) -> Int {
        if bytes.count <= characters, bytes.count <= byteLimit { return bytes.count }
        let span = unsafe UTF8Span(unchecked: bytes.assumingMemoryBound(to: UInt8.self).span)
        var iterator = span.makeCharacterIterator()
        var end = 0
        for _ in 0..<characters {
            guard iterator.skipForward() != 0 else { break }
            let next = iterator.currentCodeUnitOffset
            if next > byteLimit { break }
            end = next
        }
        return end
    }

    /// Appends the beginning of a text as it is quoted in one line: at most so many characters,
    /// then `…` if there were more.
    ///
    /// Line ends become spaces, and space around the excerpt goes. An excerpt is at most 1 KiB
    /// long, so that characters with hundreds of accents are not multiplied by quoting them.
    @safe package static func appendExcerpt(
        of text: UnsafeRawBufferPointer, characters: Int, to line: inout [UInt8]
    ) {
        let whole = TextTrimming.trimmed(text)
        let visible = unsafe UnsafeRawBufferPointer(rebasing: text[whole])
        let count = prefix(of: visible, characters: characters, bytes: 1024)
        let shown = unsafe UnsafeRawBufferPointer(rebasing: visible[..<count])
        for index in TextTrimming.trimmed(shown) {
            let byte = unsafe shown[index]
            line.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte)
        }
        if count < visible.count { line.append(contentsOf: "…".utf8) }
    }
}
