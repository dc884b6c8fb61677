// The way of plain lines: loops that look at numbers and copy bytes, and count no references.
extension Batch {
    /// Adds what another batch holds from an index on, but for what was dropped, as long as there
    /// is room for it without moving what is here. Returns the first index left.
    func append(_ other: Batch, from start: Int) -> Int {
        other.isWhole ? appendWhole(other, from: start) : appendEach(other, from: start)
    }

    /// Whether all texts stand in a row and every message is to be kept, as it nearly always is.
    private var isWhole: Bool { region != nil && drops.isEmpty && details.isEmpty }

    /// Copies the texts in one go, with what stands between them.
    private func appendWhole(_ other: Batch, from start: Int) -> Int {
        let first = other.records[start].offset
        let free = storage.capacity - storage.count
        var end = min(other.count, start + capacity - count)
        while end > start, Int(other.records[end - 1].end - first) > free {
            end = start + (end - start) / 2
        }
        if end == start || isFull { return start }
        let length = Int(other.records[end - 1].end - first)
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
    /// the head has passed `limit`. Returns the first message that is not plain or is left.
    package func appendPlainLines(
        of batch: Batch, _ range: Range<Int>, until limit: UInt64
    ) -> Int {
        let storage = batch.storage
        var known: (index: UInt16, prefix: UnsafeRawBufferPointer)?
        for index in range {
            let record = batch.records[index]
            if record.flags.contains(.dropped) { continue }
            guard head < limit, record.kind == .message, record.isPlain else { return index }
            if known?.index != record.sender {
                known = (record.sender, batch.sender(of: record).prefix)
            }
            guard let prefix = known?.prefix else { return index }
            let text = storage.bytes(at: Int(record.offset), count: Int(record.count))
            let count = prefix.count + text.count + 1
            if count > longestLine { return index }
            write(atMost: count, lines: 1, source: record.source) { place in
                place.copy(prefix)
                (place + prefix.count).copy(text)
                place.storeBytes(of: 0x0A, toByteOffset: count - 1, as: UInt8.self)
                return count
            }
        }
        return range.upperBound
    }
}

extension UnsafeMutableRawPointer {
    @inline(__always)
    fileprivate func copy(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
    }
}
