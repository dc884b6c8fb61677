import Chat
import Glibc
import MessageBus
import Sockets

/// Reads what followed files have to say into what is handed over.
///
/// Confined to the bridge's thread: its memory is used for one file after the other.
final class FileReader {
    /// How reading a file went.
    enum Outcome: Equatable {
        /// There is nothing more at present.
        case atEnd
        /// There may be more.
        case hasMore
        /// There may be more, and the others have their turn first.
        case isBusy
        /// There is no room for the next message.
        case loadIsFull
        /// What was read before is not there any more: the file was truncated, or replaced in place.
        case wasTruncated
        /// It was empty and is not: it may have been truncated in between.
        case hasAppeared
        /// It is compressed.
        case isCompressed
        /// It can't be read at present.
        case failed(SocketError)
    }

    private let cutter: MessageSplitter
    private let buffer: UnsafeMutableRawBufferPointer
    private let tailLog: TailLog
    private let zeros: NULRunSearch

    /// Bytes read at once at least: as many as a block holds.
    private static let chunk = LineBlock.bytes

    init(_ cutter: MessageSplitter, _ tailLog: TailLog) {
        self.cutter = cutter
        self.tailLog = tailLog
        // Twice, so that it can be told from what is there that a group of lines is complete.
        let size = FileFingerprint.backBytes + max(Self.chunk, 2 * cutter.longest + 8_192)
        buffer = .allocate(byteCount: size, alignment: 64)
        zeros = NULRunSearch(buffer: buffer)
    }

    deinit { buffer.deallocate() }

    /// Memory to read into; whoever reads overwrites it.
    var memory: UnsafeMutableRawBufferPointer { buffer }

    /// How a file is written, as far as its first bytes tell.
    func form(of file: OpenFile) throws(SocketError) -> FileFormat {
        var form = FileFormat()
        form.encoding = FileFormat.encoding(of: try file.bytes(4, at: 0))
        return form
    }

    // MARK: - Reserved space

    /// Bytes behind the offset that are looked at for what is written through a mapping.
    private static let reservedBytes = 4_096

    /// Notes what stands behind the offset, if there are NULs: whether there are.
    func noteReserved(_ tailed: TailedFile) -> Bool {
        guard let rest = try? tailed.file?.bytes(Self.reservedBytes, at: tailed.offset),
            rest.contains(0)
        else { return false }
        tailed.reservedSum = Self.sum(rest)
        return true
    }

    /// Whether something else stands behind the offset than when that was noted.
    func hasBeenWritten(_ tailed: TailedFile) -> Bool {
        guard let rest = try? tailed.file?.bytes(Self.reservedBytes, at: tailed.offset) else {
            return false
        }
        return Self.sum(rest) != tailed.reservedSum
    }

    private static func sum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { LineChecksums.sum($0, bytes.count) } ?? 0
        }
    }

    /// Reads once, and adds the messages that are complete.
    ///
    /// - Parameter end: what is known of the end of the file.
    func read(
        _ tailed: TailedFile, into load: TailBatch, _ end: MessageSplitter.End, now: Int64
    ) -> Outcome {
        guard let file = tailed.file else { return .atEnd }
        do throws(SocketError) {
            // Before the bytes are looked at: what comes after that is seen the next time.
            let status = try file.status()
            // What has just been written to is not at its end.
            let end = tailed.note(status, now: now) ? .open : end
            if status.size < tailed.offset { return .wasTruncated }
            switch tailed.glimpse() {
            case .changed: return .wasTruncated
            case .appeared: return .hasAppeared
            case .same: break
            }
            // At every look: 1 KiB is little beside what is read at once.
            guard try tailed.fingerprint.beginsAsBefore(file) else { return .wasTruncated }
            return tailed.searched == nil
                ? try readLines(tailed, file, into: load, end)
                : try readLongLine(tailed, file, into: load, end)
        } catch {
            return .failed(error)
        }
    }

    // MARK: - Lines

    private func readLines(
        _ tailed: TailedFile, _ file: OpenFile, into load: TailBatch, _ end: MessageSplitter.End
    ) throws(SocketError) -> Outcome {
        guard let bytes = try fill(tailed, file) else { return .wasTruncated }
        tailed.confirmed = tailed.seen.modified
        let isFull = bytes.count == buffer.count
        let new = UnsafeRawBufferPointer(rebasing: bytes[tailed.fingerprint.back.count...])
        if new.isEmpty { return .atEnd }
        if tailed.offset == 0, CompressionFormat.begins(new) { return .isCompressed }
        if tailed.form.encoding == .unknown {
            tailed.form.encoding = try form(of: file).encoding
        }
        let isWide = tailed.form.isWide
        if !isWide { try noteEnding(new, tailed, file) }
        if isFull, !isWide, new.first == 0 {
            switch try zeros.ending(from: tailed.offset, tailed, file) {
            case .data(let place):
                tailed.fingerprint = try FileFingerprint(of: file, upTo: place)
                return .hasMore
            case .endOfFile: return .atEnd
            case .unknown: return .isBusy
            }
        }
        var hasRoom = true
        // More than fits is there: nothing of it is the end of the file.
        let end = isFull ? .open : end
        var done = cut(new, end, tailed, into: load, &hasRoom)
        if done == 0, isFull, hasRoom {
            // Lines that belong together and fill all memory, or one line that does.
            done = cut(new, .settled, tailed, into: load, &hasRoom)
            if done == 0, hasRoom {
                return try beginLongLine(
                    tailed, file, tailed.offset,
                    length: isWide ? new.count & ~1 : NULRunSearch.written(new))
            }
        }
        tailed.advance(over: bytes, by: done)
        if done > 0 { tailed.isToBeKept = true }
        tailed.hasPending =
            end == .open && done < new.count
            && (cutter.start != nil || tailed.form.isUndecided)
        if !hasRoom { return .loadIsFull }
        return isFull ? .hasMore : .atEnd
    }

    /// Reads from just before the offset on; `nil` if what stands there is not what was read.
    private func fill(
        _ tailed: TailedFile, _ file: OpenFile
    ) throws(SocketError) -> UnsafeRawBufferPointer? {
        let back = tailed.fingerprint.back
        let count = try file.read(into: buffer, at: tailed.offset - UInt64(back.count))
        guard count >= back.count, buffer.starts(with: back) else { return nil }
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    private func cut(
        _ bytes: UnsafeRawBufferPointer, _ end: MessageSplitter.End, _ tailed: TailedFile,
        into load: TailBatch, _ hasRoom: inout Bool
    ) -> Int {
        let offset = tailed.offset
        var isRoomLeft = true
        defer { hasRoom = isRoomLeft }
        if tailed.form.isWide {
            let text = WideText(bytes, tailed.form.encoding)
            let done = text.bytes.withUnsafeBytes { utf8 in
                cutter.cut(utf8, isBeginning: offset == 0, end) { piece in
                    let place = offset + UInt64(text.rawPlace(of: piece.start))
                    isRoomLeft = add(piece, at: place, tailed, to: load)
                    return isRoomLeft
                }
            }
            return text.rawPlace(of: done)
        }
        let isEndedByReturn =
            tailed.form.ending == .carriageReturn
            || (tailed.form.ending == .undecided && end != .open)
        return cutter.cut(
            bytes, isBeginning: offset == 0, end, ending: isEndedByReturn ? 0x0D : 0x0A
        ) { piece in
            isRoomLeft = add(piece, at: offset + UInt64(piece.start), tailed, to: load)
            return isRoomLeft
        }
    }

    /// Notes what ends the lines of a file, where it is not what usually does.
    private func noteEnding(
        _ new: UnsafeRawBufferPointer, _ tailed: TailedFile, _ file: OpenFile
    ) throws(SocketError) {
        if tailed.form.ending == .lineFeed || tailed.form.ending == .carriageReturn { return }
        guard let base = new.baseAddress, memchr(base, 0x0A, new.count) == nil else {
            tailed.form.ending = .lineFeed
            return
        }
        guard memchr(base, 0x0D, new.count) != nil else { return }
        let first = try file.bytes(FileFormat.decisive, at: 0)
        if first.contains(0x0A) {
            tailed.form.ending = .lineFeed
        } else {
            tailed.form.ending =
                first.count == FileFormat.decisive ? .carriageReturn : .undecided
        }
    }

    /// Adds a message, unless there is no room for it.
    private func add(
        _ piece: MessageSplitter.Piece, at position: UInt64, _ tailed: TailedFile,
        to load: TailBatch
    ) -> Bool {
        let (source, said) = (tailed.origin, tailed.seen.modified / 1_000_000)
        if piece.omitted == 0 { return load.add(piece.text, at: position, of: source, said: said) }
        let marked = Array(piece.text) + Array(" […+\(piece.omitted) bytes]".utf8)
        let isAdded = marked.withUnsafeBytes {
            load.add($0, at: position, of: source, said: said)
        }
        if isAdded { tailLog.noteCut(tailed.path) }
        return isAdded
    }

    // MARK: - A line that is too long

    /// Notes up to where the end of a line was looked for that fills all memory.
    ///
    /// NULs at the end of what is there may be reserved for what is still to be written: they are
    /// looked at again.
    private func beginLongLine(
        _ tailed: TailedFile, _ file: OpenFile, _ start: UInt64, length: Int
    ) throws(SocketError) -> Outcome {
        let end = start + UInt64(length)
        if length > cutter.longest + 8 {
            tailed.searched = end
            return .hasMore
        }
        switch try zeros.ending(from: end, tailed, file) {
        case .data(let place):
            tailed.searched = place
            return .hasMore
        case .endOfFile: return .atEnd
        case .unknown: return .isBusy
        }
    }

    private func readLongLine(
        _ tailed: TailedFile, _ file: OpenFile, into load: TailBatch, _ end: MessageSplitter.End
    ) throws(SocketError) -> Outcome {
        guard let searched = tailed.searched, searched <= tailed.seen.size else {
            tailed.searched = nil
            return .hasMore
        }
        guard try isUnchanged(tailed, file) else { return .wasTruncated }
        let count = try file.read(into: buffer, at: searched)
        let ending = tailed.form.firstLineEnd(
            in: UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: searched)
        let isFinal = end == .final && count < buffer.count
        guard let last = ending?.place ?? (isFinal ? count : nil) else {
            tailed.hasPending = false
            return try searchOn(tailed, file, searched, count)
        }
        guard try addLongLine(tailed, file, upTo: searched + UInt64(last), to: load) else {
            return .loadIsFull
        }
        tailed.fingerprint = try FileFingerprint(
            of: file, upTo: searched + UInt64(ending?.next ?? last))
        tailed.searched = nil
        tailed.isToBeKept = true
        return .hasMore
    }

    /// Goes on behind bytes in which the line does not end.
    private func searchOn(
        _ tailed: TailedFile, _ file: OpenFile, _ searched: UInt64, _ count: Int
    ) throws(SocketError) -> Outcome {
        let length =
            tailed.form.isWide
            ? count & ~1
            : NULRunSearch.written(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        tailed.searched = searched + UInt64(length)
        if count < buffer.count { return .atEnd }
        if length > 0 { return .hasMore }
        switch try zeros.ending(from: searched, tailed, file) {
        case .data(let place):
            tailed.searched = place
            return .hasMore
        case .endOfFile: return .atEnd
        case .unknown: return .isBusy
        }
    }

    private func isUnchanged(_ tailed: TailedFile, _ file: OpenFile) throws(SocketError) -> Bool {
        let back = tailed.fingerprint.back
        let bytes = try file.bytes(back.count, at: tailed.offset - UInt64(back.count))
        return bytes == back
    }

    /// Adds the beginning of the line that ends at a place; false if there is no room for it.
    private func addLongLine(
        _ tailed: TailedFile, _ file: OpenFile, upTo last: UInt64, to load: TailBatch
    ) throws(SocketError) -> Bool {
        // Longer than the longest message, so that it is cut there.
        let isWide = tailed.form.isWide
        let raw = try file.bytes(
            (isWide ? 2 * cutter.longest : cutter.longest) + 8, at: tailed.offset)
        let rest = Int(last - tailed.offset) - raw.count
        let head =
            isWide
            ? raw.withUnsafeBytes { WideText($0, tailed.form.encoding).bytes } : raw
        var isAdded = true
        _ = head.withUnsafeBytes { head in
            cutter.cut(head, isBeginning: tailed.offset == 0, .final) { piece in
                let whole = MessageSplitter.Piece(
                    text: piece.text, start: piece.start, omitted: piece.omitted + rest)
                isAdded = add(whole, at: tailed.offset, tailed, to: load)
                return isAdded
            }
        }
        return isAdded
    }
}
