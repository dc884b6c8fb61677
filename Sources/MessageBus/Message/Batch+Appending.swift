// The way of plain lines: loops that look at numbers and copy bytes, and count no references.
extension Batch {
    /// Adds what another batch holds from an index on, but for what was dropped, as long as there
    /// is room for it without moving what is here.
    ///
    /// Returns the first index left.
    func append(_ other: Batch, from start: Int) -> Int {
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
        var known: (index: UInt16, here: UInt16)?
        for next in start..<end {
            let record = other.records[next]
            if known?.index != record.sender {
                known = (record.sender, index(of: other.sender(of: record)))
            }
            records[count] = record
            records[count].offset = record.offset &+ shift
            records[count].sender = known?.here ?? 0
            count += 1
        }
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
                details.append(extra)
                records[count].details = UInt16(details.count)
            }
            count += 1
        }
        return other.count
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
            if record.flags.contains(.framed) {
                next = appendFramed(batch, next..<range.upperBound, prefix)
            } else {
                let text = batch.text(record)
                let count = prefix.count + text.count + 1
                if count > longestLine { return next }
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
                record.sender == first.sender, record.source == first.source,
                record.kind == .message, record.details == 0
            else { break }
            end = record.end + 1
            next += 1
        }
        let bytes = batch.storage.bytes(at: Int(start), count: Int(end - start))
        let lines = next - range.lowerBound
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
