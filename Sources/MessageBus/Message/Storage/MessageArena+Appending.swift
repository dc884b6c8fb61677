// The path of plain lines: loops that look at numbers and copy bytes, and count no references.
extension MessageArena {
    /// Appends the messages of another arena from an index on, except dropped ones, as many as fit
    /// without moving the texts here.
    ///
    /// - Returns: the index of the first message that was not examined.
    package func append(passedOf other: MessageArena, from start: Int) -> Int {
        other.isWhole ? appendWhole(other, from: start) : appendEach(other, from: start)
    }

    /// True if all texts are contiguous and every message is to be kept, which is nearly always so.
    private var isWhole: Bool { unsafe region != nil && !hasDropped && details.isEmpty }

    /// Copies the texts in one go, with the bytes between them.
    private func appendWhole(_ other: MessageArena, from start: Int) -> Int {
        let first = unsafe other.headers[start].offset - other.framing(before: start)
        let free = storage.capacity - storage.count
        var end = min(other.count, start + capacity - count)
        while end > start, Int(other.lineEnd(of: end - 1) - first) > free {
            end = start + (end - start) / 2
        }
        if end == start || isFull { return start }
        let length = Int(other.lineEnd(of: end - 1) - first)
        let offset = unsafe storage.append(other.storage.bytes(at: Int(first), count: length))
        let shift = UInt32(truncatingIfNeeded: offset) &- first
        let target = unsafe headers + count
        unsafe target.initialize(from: other.headers + start, count: end - start)
        var known = unsafe (
            index: target.pointee.sender, here: index(of: other.sender(of: target.pointee))
        )
        for place in 0..<(end - start) {
            let sender = unsafe target[place].sender
            if sender != known.index { known = (sender, index(of: other.senders[Int(sender)])) }
            unsafe target[place].offset &+= shift
            unsafe target[place].sender = known.here
        }
        count += end - start
        lastEnd = unsafe headers[count - 1].end
        return end
    }

    /// Returns the number of bytes that stand in front of a text as part of its line.
    private func framing(before index: Int) -> UInt32 {
        let header = unsafe headers[index]
        return unsafe header.flags.contains(.framed)
            ? UInt32(truncatingIfNeeded: prefix(of: header).count) : 0
    }

    /// Returns the offset at which a text ends, or the LF behind it if there is one.
    private func lineEnd(of index: Int) -> UInt32 {
        let header = unsafe headers[index]
        return header.flags.contains(.framed) ? header.end + 1 : header.end
    }

    /// Returns the bytes that a message takes when it is appended, with the line around it.
    func space(for index: Int) -> Int {
        unsafe Int(headers[index].count) + Int(framing(before: index)) + 1
    }

    private func appendEach(_ other: MessageArena, from start: Int) -> Int {
        let (storage, texts) = (storage, other.storage)
        var known: (index: UInt16, here: UInt16)?
        for next in start..<other.count {
            let header = unsafe other.headers[next]
            if header.flags.contains(.dropped) { continue }
            let length = Int(header.count)
            if isFull || storage.capacity - storage.count < length { return next }
            if known?.index != header.sender {
                known = (header.sender, index(of: other.sender(of: header)))
            }
            let offset = unsafe storage.append(texts.bytes(at: Int(header.offset), count: length))
            unsafe headers[count] = header
            unsafe headers[count].offset = UInt32(truncatingIfNeeded: offset)
            unsafe headers[count].sender = known?.here ?? 0
            unsafe headers[count].flags.remove(.framed)
            unsafe headers[count].details = index(of: other.details(of: header))
            count += 1
        }
        return other.count
    }
}

extension MessageArena {
    /// Appends the TEXT of a speaker's line `NAME: TEXT`, if the line is that and TEXT is not
    /// special.
    ///
    /// - Parameters:
    ///   - line: printable ASCII, as it was read into this arena's storage, its ending behind it.
    ///   - base: the first byte of that storage.
    /// - Returns: false if nothing was appended: then the line needs a closer look.
    package func append(
        spoken line: UnsafeRawBufferPointer, readAt base: UnsafeRawPointer, by speaker: Speaker
    ) -> Bool {
        let prefix = speaker.prefixCount
        guard let start = line.baseAddress, line.count > prefix, count < bound,
            unsafe speaker.begins(start),
            // A slash would be a command; spaces may be all there is.
            unsafe start.load(fromByteOffset: prefix, as: UInt8.self) > UInt8(ascii: "/")
        else { return false }
        let isFramed = unsafe start.load(fromByteOffset: line.count, as: UInt8.self) == 0x0A
        let offset = unsafe UInt32(truncatingIfNeeded: start - base + prefix)
        if offset < lastEnd { isScattered = true }
        let place = unsafe headers + count
        unsafe place.initialize(to: isFramed ? speaker.framed : speaker.bare)
        unsafe place.pointee.offset = offset
        unsafe place.pointee.count = UInt32(truncatingIfNeeded: line.count - prefix)
        lastEnd = unsafe place.pointee.end
        count += 1
        return true
    }
}
