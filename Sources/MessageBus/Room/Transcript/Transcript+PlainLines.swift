// The path of plain lines: numbers are compared and bytes copied, no references counted.
extension Transcript {
    /// Writes `NAME: TEXT` lines for plain messages of an arena, except dropped ones, until the
    /// head has passed `limit`.
    ///
    /// - Returns: the index of the first message that is left or is not plain.
    package func appendPlainLines(
        of arena: MessageArena, _ range: Range<Int>, until limit: TranscriptOffset
    ) -> Int {
        var next = range.lowerBound
        while next < range.upperBound, head < limit {
            let header = unsafe arena.headers[next]
            if header.flags.contains(.dropped) {
                next += 1
                continue
            }
            guard header.kind == .message, header.isPlain else { return next }
            let prefix = unsafe arena.sender(of: header).prefix
            let text = unsafe arena.text(header)
            let count = prefix.count + text.count + 1
            if count > maxLineBytes { return next }
            (firstNumber, number) = (header.number, header.number)
            if header.flags.contains(.framed) {
                next = unsafe appendFramed(arena, next..<range.upperBound, prefix)
            } else {
                unsafe write(atMost: count, lines: 1, connectionID: header.connectionID) { place in
                    unsafe place.copy(prefix)
                    unsafe (place + prefix.count).copy(text)
                    unsafe place.storeBytes(of: 0x0A, toByteOffset: count - 1, as: UInt8.self)
                    return count
                }
                next += 1
            }
        }
        return next
    }

    /// Copies lines that stand in an arena as they are to be written, up to a few KiB of them; the
    /// first must be framed.
    ///
    /// - Returns: the index of the first message that was not copied.
    private func appendFramed(
        _ arena: MessageArena, _ range: Range<Int>, _ prefix: UnsafeRawBufferPointer
    ) -> Int {
        let first = unsafe arena.headers[range.lowerBound]
        let framing = UInt32(truncatingIfNeeded: prefix.count)
        let start = first.offset - framing
        var end = first.end + 1
        var next = range.lowerBound + 1
        while next < range.upperBound, end - start < framedBytes {
            let header = unsafe arena.headers[next]
            guard header.flags == .framed, header.offset == end + framing,
                header.count < framedBytes,
                header.sender == first.sender, header.connectionID == first.connectionID,
                header.kind == .message, header.details == 0
            else { break }
            end = header.end + 1
            next += 1
        }
        let bytes = unsafe arena.storage.bytes(at: Int(start), count: Int(end - start))
        let lines = next - range.lowerBound
        number = unsafe arena.headers[next - 1].number
        unsafe write(atMost: bytes.count, lines: lines, connectionID: first.connectionID) { place in
            unsafe place.copy(bytes)
            return bytes.count
        }
        return next
    }

    /// The most bytes to copy in one go, so that the marks stay close together.
    private var framedBytes: UInt32 { UInt32(truncatingIfNeeded: capacity / 1_024) }
}

extension UnsafeMutableRawPointer {
    @inline(__always)
    fileprivate func copy(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { unsafe copyMemory(from: start, byteCount: bytes.count) }
    }
}
