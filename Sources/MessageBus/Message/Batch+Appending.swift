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
        let first = other.records[start].offset - other.framing(before: start)
        let free = storage.capacity - storage.count
        var end = min(other.count, start + capacity - count)
        while end > start, Int(other.lineEnd(of: end - 1) - first) > free {
            end = start + (end - start) / 2
        }
        if end == start || isFull { return start }
        let length = Int(other.lineEnd(of: end - 1) - first)
        let offset = storage.append(other.storage.bytes(at: Int(first), count: length))
        let shift = UInt32(truncatingIfNeeded: offset) &- first
        let target = records + count
        target.initialize(from: other.records + start, count: end - start)
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
        lastEnd = records[count - 1].end
        return end
    }

    /// How many bytes of a line stand in front of the text.
    private func framing(before index: Int) -> UInt32 {
        let record = records[index]
        return record.flags.contains(.framed)
            ? UInt32(truncatingIfNeeded: prefix(of: record).count) : 0
    }

    /// Where the text ends, and its LF if that stands there.
    private func lineEnd(of index: Int) -> UInt32 {
        let record = records[index]
        return record.flags.contains(.framed) ? record.end + 1 : record.end
    }

    /// Bytes that a message takes when it is appended, with the line around it.
    func space(for index: Int) -> Int {
        Int(records[index].count) + Int(framing(before: index)) + 1
    }

    private func appendEach(_ other: Batch, from start: Int) -> Int {
        let (storage, source) = (storage, other.storage)
        var known: (index: UInt16, here: UInt16)?
        for next in start..<other.count {
            let record = other.records[next]
            if record.flags.contains(.dropped) { continue }
            let length = Int(record.count)
            if isFull || storage.capacity - storage.count < length { return next }
            if known?.index != record.sender {
                known = (record.sender, index(of: other.sender(of: record)))
            }
            let offset = storage.append(source.bytes(at: Int(record.offset), count: length))
            records[count] = record
            records[count].offset = UInt32(truncatingIfNeeded: offset)
            records[count].sender = known?.here ?? 0
            records[count].flags.remove(.framed)
            if let extra = other.details(of: record) {
                // Lines of one file share theirs.
                if details.last !== extra { details.append(extra) }
                records[count].details = UInt16(details.count)
            }
            count += 1
        }
        return other.count
    }
}

/// What the lines of one speaker begin with, and what their messages have in common.
package struct Speaker {
    private let prefix: UnsafeRawBufferPointer
    // The first eight bytes of the prefix, or all of them where there are fewer: nearly always one
    // comparison is enough.
    private let word: UInt64
    private let mask: UInt64
    fileprivate let bare: MessageHeader
    fileprivate let framed: MessageHeader

    /// Bytes of `NAME: `.
    fileprivate var prefixCount: Int { prefix.count }

    /// Who has said a message that is in a batch; valid as long as the batch holds it.
    package init(of record: MessageHeader, in batch: Batch) {
        prefix = batch.prefix(of: record)
        var bytes: UInt64 = 0
        for (index, byte) in prefix.prefix(8).enumerated() {
            bytes |= UInt64(byte) << (8 * UInt64(index))
        }
        word = UInt64(littleEndian: bytes)
        let used = 8 * UInt64(min(8, prefix.count))
        mask = UInt64(littleEndian: used == 64 ? .max : (1 << used) - 1)
        bare = record
        var framed = record
        framed.flags.insert(.framed)
        self.framed = framed
    }

    /// Whether a line, of which eight bytes can be read whatever its length, begins with the prefix.
    @inline(__always)
    fileprivate func begins(_ line: UnsafeRawPointer) -> Bool {
        guard (line.loadUnaligned(as: UInt64.self) ^ word) & mask == 0 else { return false }
        guard prefix.count > 8, let start = prefix.baseAddress else { return true }
        return memcmp(line + 8, start + 8, prefix.count - 8) == 0
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
        let place = records + count
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
            let record = batch.records[next]
            if record.flags.contains(.dropped) {
                next += 1
                continue
            }
            guard record.kind == .message, record.isPlain else { return next }
            let prefix = batch.sender(of: record).prefix
            let text = batch.text(record)
            let count = prefix.count + text.count + 1
            if count > longestLine { return next }
            (firstNumber, number) = (record.number, record.number)
            if record.flags.contains(.framed) {
                next = appendFramed(batch, next..<range.upperBound, prefix)
            } else {
                write(atMost: count, lines: 1, source: record.source) { place in
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
        let first = batch.records[range.lowerBound]
        let framing = UInt32(truncatingIfNeeded: prefix.count)
        let start = first.offset - framing
        var end = first.end + 1
        var next = range.lowerBound + 1
        while next < range.upperBound, end - start < framedBytes {
            let record = batch.records[next]
            guard record.flags == .framed, record.offset == end + framing,
                record.count < framedBytes,
                record.sender == first.sender, record.source == first.source,
                record.kind == .message, record.details == 0
            else { break }
            end = record.end + 1
            next += 1
        }
        let bytes = batch.storage.bytes(at: Int(start), count: Int(end - start))
        let lines = next - range.lowerBound
        number = batch.records[next - 1].number
        write(atMost: bytes.count, lines: lines, source: first.source) { place in
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
