import Glibc

// The way of plain lines: loops that look at numbers and copy bytes, and count no references.
extension Batch {
    /// Adds what another batch holds from an index on, but for what was dropped, as long as there
    /// is room for it without moving what is here.
    ///
    /// Returns the first index left.
    package func append(_ other: Batch, from start: Int) -> Int {
        other.isWhole ? appendWhole(other, from: start) : appendEach(other, from: start)
    }

    /// Whether all texts stand in a row and every message is to be kept, as it nearly always is.
    private var isWhole: Bool { region != nil && drops.isEmpty && details.isEmpty }

    /// Copies the texts in one go, with what stands between them.
    private func appendWhole(_ other: Batch, from start: Int) -> Int {
        let first = other.headers[start].offset - other.framing(before: start)
        let free = storage.capacity - storage.count
        var end = min(other.count, start + capacity - count)
        while end > start, Int(other.lineEnd(of: end - 1) - first) > free {
            end = start + (end - start) / 2
        }
        if end == start || isFull { return start }
        let length = Int(other.lineEnd(of: end - 1) - first)
        let offset = storage.append(other.storage.bytes(at: Int(first), count: length))
        let shift = UInt32(truncatingIfNeeded: offset) &- first
        let target = headers + count
        target.initialize(from: other.headers + start, count: end - start)
        var known = (
            index: target.pointee.sender, here: index(of: other.sender(of: target.pointee))
        )
        for place in 0..<(end - start) {
            let sender = target[place].sender
            if sender != known.index { known = (sender, index(of: other.senders[Int(sender)])) }
            target[place].offset &+= shift
            target[place].sender = known.here
        }
        count += end - start
        lastEnd = headers[count - 1].end
        return end
    }

    /// How many bytes of a line stand in front of the text.
    private func framing(before index: Int) -> UInt32 {
        let header = headers[index]
        return header.flags.contains(.framed)
            ? UInt32(truncatingIfNeeded: prefix(of: header).count) : 0
    }

    /// Where the text ends, and its LF if that stands there.
    private func lineEnd(of index: Int) -> UInt32 {
        let header = headers[index]
        return header.flags.contains(.framed) ? header.end + 1 : header.end
    }

    /// Bytes that a message takes when it is appended, with the line around it.
    func space(for index: Int) -> Int {
        Int(headers[index].count) + Int(framing(before: index)) + 1
    }

    private func appendEach(_ other: Batch, from start: Int) -> Int {
        let (storage, connectionID) = (storage, other.storage)
        var known: (index: UInt16, here: UInt16)?
        for next in start..<other.count {
            let header = other.headers[next]
            if header.flags.contains(.dropped) { continue }
            let length = Int(header.count)
            if isFull || storage.capacity - storage.count < length { return next }
            if known?.index != header.sender {
                known = (header.sender, index(of: other.sender(of: header)))
            }
            let offset = storage.append(connectionID.bytes(at: Int(header.offset), count: length))
            headers[count] = header
            headers[count].offset = UInt32(truncatingIfNeeded: offset)
            headers[count].sender = known?.here ?? 0
            headers[count].flags.remove(.framed)
            if let extra = other.details(of: header) {
                // Lines of one file share theirs.
                if details.last !== extra { details.append(extra) }
                headers[count].details = UInt16(details.count)
            }
            count += 1
        }
        return other.count
    }
}

extension Batch {
    /// Adds what a speaker says with `NAME: TEXT`, if the line is that and TEXT is not special.
    ///
    /// - Parameters:
    ///   - line: printable ASCII, as it was read into this batch's storage, its ending behind it.
    ///   - base: where that storage begins.
    /// - Returns: whether it was added. If not, the line wants a closer look.
    package func append(
        _ line: UnsafeRawBufferPointer, readAt base: UnsafeRawPointer, by speaker: Speaker
    ) -> Bool {
        let prefix = speaker.prefixCount
        guard let start = line.baseAddress, line.count > prefix, count < bound,
            speaker.begins(start),
            // A slash would be a command; spaces may be all there is.
            start.load(fromByteOffset: prefix, as: UInt8.self) > UInt8(ascii: "/")
        else { return false }
        let isFramed = start.load(fromByteOffset: line.count, as: UInt8.self) == 0x0A
        let offset = UInt32(truncatingIfNeeded: start - base + prefix)
        if offset < lastEnd { isScattered = true }
        let place = headers + count
        place.initialize(to: isFramed ? speaker.framed : speaker.bare)
        place.pointee.offset = offset
        place.pointee.count = UInt32(truncatingIfNeeded: line.count - prefix)
        lastEnd = place.pointee.end
        count += 1
        return true
    }
}

extension Transcript {
    /// Writes `NAME: TEXT` lines for plain messages of a batch, the dropped ones left out, until
    /// the head has passed `limit`.
    ///
    /// Returns the first message that is not plain or is left.
    package func appendPlainLines(
        of batch: Batch, _ range: Range<Int>, until limit: UInt64
    ) -> Int {
        var next = range.lowerBound
        while next < range.upperBound, head < limit {
            let header = batch.headers[next]
            if header.flags.contains(.dropped) {
                next += 1
                continue
            }
            guard header.kind == .message, header.isPlain else { return next }
            let prefix = batch.sender(of: header).prefix
            let text = batch.text(header)
            let count = prefix.count + text.count + 1
            if count > longestLine { return next }
            (firstNumber, number) = (header.number, header.number)
            if header.flags.contains(.framed) {
                next = appendFramed(batch, next..<range.upperBound, prefix)
            } else {
                write(atMost: count, lines: 1, connectionID: header.connectionID) { place in
                    place.copy(prefix)
                    (place + prefix.count).copy(text)
                    place.storeBytes(of: 0x0A, toByteOffset: count - 1, as: UInt8.self)
                    return count
                }
                next += 1
            }
        }
        return next
    }

    /// Copies lines that stand in a batch as they are to be written, up to a few KiB of them.
    ///
    /// The first is framed. Returns the first that was not copied.
    private func appendFramed(
        _ batch: Batch, _ range: Range<Int>, _ prefix: UnsafeRawBufferPointer
    ) -> Int {
        let first = batch.headers[range.lowerBound]
        let framing = UInt32(truncatingIfNeeded: prefix.count)
        let start = first.offset - framing
        var end = first.end + 1
        var next = range.lowerBound + 1
        while next < range.upperBound, end - start < framedBytes {
            let header = batch.headers[next]
            guard header.flags == .framed, header.offset == end + framing,
                header.count < framedBytes,
                header.sender == first.sender, header.connectionID == first.connectionID,
                header.kind == .message, header.details == 0
            else { break }
            end = header.end + 1
            next += 1
        }
        let bytes = batch.storage.bytes(at: Int(start), count: Int(end - start))
        let lines = next - range.lowerBound
        number = batch.headers[next - 1].number
        write(atMost: bytes.count, lines: lines, connectionID: first.connectionID) { place in
            place.copy(bytes)
            return bytes.count
        }
        return next
    }

    /// Bytes to copy in one go, so that the marks stay close together.
    private var framedBytes: UInt32 { UInt32(truncatingIfNeeded: capacity / 1_024) }
}

extension UnsafeMutableRawPointer {
    @inline(__always)
    fileprivate func copy(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
    }
}
