import Chat
import Glibc
import Locking
import MessageBus
import Sockets

/// The reader that puts the lines of tailed files into batches.
///
/// Owned by `TailedFiles`; confined to the bridge's thread. One buffer serves all files in turn.
@safe final class FileReader {
    /// The result of a read.
    enum Outcome: Equatable {
        /// There is nothing more at present.
        case atEnd
        /// There may be more.
        case hasMore
        /// There may be more, but others get their turn first.
        case isBusy
        /// The batch has no room for the next message.
        case batchIsFull
        /// The bytes read so far are gone: the file was truncated or replaced in place.
        case wasTruncated
        /// The file was empty and no longer is: it may have been truncated in between.
        case hasAppeared
        /// It is compressed.
        case isCompressed
        /// It can't be read at present.
        case failed(SocketError)
    }

    private let splitter: MessageSplitter
    private let buffer: UnsafeMutableRawBufferPointer
    private let tailLog: TailLog
    private let nulRuns: NULRunSearch

    /// The smallest number of bytes per read: as many as a block holds.
    private static let chunk = LineBlock.bytes

    init(_ splitter: MessageSplitter, _ tailLog: TailLog) {
        self.splitter = splitter
        self.tailLog = tailLog
        // Twice the longest message, so that the end of a group of lines is visible.
        let size = FileFingerprint.backBytes + max(Self.chunk, 2 * splitter.maxMessageBytes + 8_192)
        unsafe buffer = .allocate(byteCount: size, alignment: 64)
        nulRuns = unsafe NULRunSearch(buffer: buffer)
    }

    deinit { unsafe buffer.deallocate() }

    /// A shared buffer; each read overwrites it.
    var memory: UnsafeMutableRawBufferPointer { unsafe buffer }

    /// Returns a file's format, as far as its first bytes tell.
    func form(of file: OpenFile) throws(SocketError) -> FileFormat {
        var form = FileFormat()
        form.encoding = FileFormat.encoding(of: try file.bytes(4, at: 0))
        return form
    }

    // MARK: - Reserved space

    /// The number of reserved bytes that are checked for writes through a mapping.
    private static let reservedBytes = 4_096

    /// Returns a checksum of the bytes behind the offset if they contain NULs; otherwise `nil`.
    func reservedSum(of tailed: TailedFile) -> UInt32? {
        guard let rest = try? tailed.file?.bytes(Self.reservedBytes, at: tailed.offset),
            rest.contains(0)
        else { return nil }
        return Self.sum(rest)
    }

    /// Returns true if the bytes behind the offset have another checksum by now.
    func hasBeenWritten(_ tailed: TailedFile, since reservedSum: UInt32) -> Bool {
        guard let rest = try? tailed.file?.bytes(Self.reservedBytes, at: tailed.offset) else {
            return false
        }
        return Self.sum(rest) != reservedSum
    }

    private static func sum(_ bytes: [UInt8]) -> UInt32 {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe Checksum.of($0, bytes.count) } ?? 0
        }
    }

    /// Reads once and adds the complete messages to a batch.
    ///
    /// - Parameter end: the facts about the end of the file.
    func read(
        _ tailed: TailedFile, into batch: TailBatch, _ end: MessageSplitter.End, now: MonotonicTime
    ) -> Outcome {
        tailLog.confinement.assertOwned()
        guard let file = tailed.file else { return .atEnd }
        do throws(SocketError) {
            // The status comes first, so that writes during the read are seen the next time.
            let status = try file.status()
            // A file that has just been written to is not at its end.
            let end = tailed.updateStatus(status, now: now) ? .open : end
            if status.size < tailed.offset { return .wasTruncated }
            switch tailed.readHead() {
            case .changed: return .wasTruncated
            case .appeared: return .hasAppeared
            case .same: break
            }
            // This is checked at every read: 1 KiB is little beside a chunk.
            guard try tailed.reading.fingerprint.beginsAsBefore(file) else { return .wasTruncated }
            return tailed.reading.searched == nil
                ? try readLines(tailed, file, into: batch, end)
                : try readLongLine(tailed, file, into: batch, end)
        } catch {
            return .failed(error)
        }
    }

    // MARK: - Lines

    private func readLines(
        _ tailed: TailedFile, _ file: OpenFile, into batch: TailBatch, _ end: MessageSplitter.End
    ) throws(SocketError) -> Outcome {
        guard let bytes = try unsafe fill(tailed, file) else { return .wasTruncated }
        tailed.observed.confirm()
        let isFull = unsafe bytes.count == buffer.count
        let new = unsafe UnsafeRawBufferPointer(
            rebasing: bytes[tailed.reading.fingerprint.back.count...])
        if unsafe new.isEmpty { return .atEnd }
        if tailed.offset == 0, unsafe CompressionFormat.begins(new) { return .isCompressed }
        if tailed.reading.form.encoding == .unknown {
            tailed.reading.form.encoding = try form(of: file).encoding
        }
        let isWide = tailed.reading.form.isWide
        if !isWide { try unsafe detectLineEnding(new, tailed, file) }
        if isFull, !isWide, unsafe new.first == 0 { return try skipNULs(tailed, file) }
        var hasCapacity = true
        // The buffer is full, so this is not the end of the file.
        let end = isFull ? .open : end
        var done = unsafe cut(new, end, tailed, into: batch, &hasCapacity)
        if done == 0, isFull, hasCapacity {
            // A group of lines, or a single one, fills the buffer.
            done = unsafe cut(new, .settled, tailed, into: batch, &hasCapacity)
            if done == 0, hasCapacity {
                return try unsafe beginLongLine(
                    tailed, file, tailed.offset,
                    length: isWide ? new.count & ~1 : NULRunSearch.written(new))
            }
        }
        unsafe tailed.reading.advance(over: bytes, by: done)
        if done > 0 { tailed.saveCheckpoint() }
        tailed.reading.hasPending =
            end == .open && done < new.count
            && (splitter.start != nil || tailed.reading.form.isUndecided)
        if !hasCapacity { return .batchIsFull }
        return isFull ? .hasMore : .atEnd
    }

    /// Moves the offset behind NULs that fill the buffer.
    private func skipNULs(_ tailed: TailedFile, _ file: OpenFile) throws(SocketError) -> Outcome {
        switch try nulRuns.ending(from: tailed.offset, tailed, file) {
        case .data(let place):
            tailed.reading.fingerprint = try FileFingerprint(of: file, upTo: place)
            return .hasMore
        case .endOfFile: return .atEnd
        case .unknown: return .isBusy
        }
    }

    /// Fills the buffer from just before the offset on.
    ///
    /// Returns `nil` if those bytes have changed.
    private func fill(
        _ tailed: TailedFile, _ file: OpenFile
    ) throws(SocketError) -> UnsafeRawBufferPointer? {
        let back = tailed.reading.fingerprint.back
        let count = try unsafe file.read(into: buffer, at: tailed.offset - UInt64(back.count))
        guard count >= back.count, unsafe buffer.starts(with: back) else { return nil }
        return unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    private func cut(
        _ bytes: UnsafeRawBufferPointer, _ end: MessageSplitter.End, _ tailed: TailedFile,
        into batch: TailBatch, _ hasCapacity: inout Bool
    ) -> Int {
        let offset = tailed.offset
        var isAppended = true
        defer { hasCapacity = isAppended }
        if tailed.reading.form.isWide {
            let text = unsafe WideText(bytes, tailed.reading.form.encoding)
            let done = unsafe text.bytes.withUnsafeBytes { utf8 in
                unsafe splitter.cut(utf8, isBeginning: offset == 0, end) { piece in
                    let place = offset + UInt64(text.rawPlace(of: piece.start))
                    isAppended = appendMessage(piece, at: place, tailed, to: batch)
                    return isAppended
                }
            }
            return text.rawPlace(of: done)
        }
        let isEndedByReturn =
            tailed.reading.form.ending == .carriageReturn
            || (tailed.reading.form.ending == .undecided && end != .open)
        return unsafe splitter.cut(
            bytes, isBeginning: offset == 0, end, ending: isEndedByReturn ? 0x0D : 0x0A
        ) { piece in
            isAppended = appendMessage(
                piece, at: offset + UInt64(piece.start), tailed, to: batch)
            return isAppended
        }
    }

    /// Detects line endings other than line feeds.
    private func detectLineEnding(
        _ new: UnsafeRawBufferPointer, _ tailed: TailedFile, _ file: OpenFile
    ) throws(SocketError) {
        let known = tailed.reading.form.ending
        if known == .lineFeed || known == .carriageReturn { return }
        guard let base = new.baseAddress, unsafe memchr(base, 0x0A, new.count) == nil else {
            tailed.reading.form.ending = .lineFeed
            return
        }
        guard unsafe memchr(base, 0x0D, new.count) != nil else { return }
        let first = try file.bytes(FileFormat.decisive, at: 0)
        if first.contains(0x0A) {
            tailed.reading.form.ending = .lineFeed
        } else {
            tailed.reading.form.ending =
                first.count == FileFormat.decisive ? .carriageReturn : .undecided
        }
    }

    /// Adds a message.
    ///
    /// Returns false if there is no room for it.
    private func appendMessage(
        _ piece: MessageSplitter.Piece, at position: UInt64, _ tailed: TailedFile,
        to batch: TailBatch
    ) -> Bool {
        let origin = tailed.origin
        let said = Timestamp(milliseconds: tailed.observed.modified / 1_000_000)
        if piece.omitted == 0 {
            return unsafe batch.append(piece.text, at: position, of: origin, said: said)
        }
        let marked = unsafe Array(piece.text) + Array(" […+\(piece.omitted) bytes]".utf8)
        let isAdded = unsafe marked.withUnsafeBytes {
            unsafe batch.append($0, at: position, of: origin, said: said)
        }
        if isAdded { tailLog.countCutLine(tailed.path) }
        return isAdded
    }

    // MARK: - A line that is too long

    /// Starts skipping a line that fills the buffer.
    ///
    /// NULs at the end of the file may be reserved space, so they are read again later.
    private func beginLongLine(
        _ tailed: TailedFile, _ file: OpenFile, _ start: UInt64, length: Int
    ) throws(SocketError) -> Outcome {
        let end = start + UInt64(length)
        if length > splitter.maxMessageBytes + 8 {
            tailed.reading.searched = end
            return .hasMore
        }
        return try searchBehindNULs(from: end, tailed, file)
    }

    private func readLongLine(
        _ tailed: TailedFile, _ file: OpenFile, into batch: TailBatch, _ end: MessageSplitter.End
    ) throws(SocketError) -> Outcome {
        guard let searched = tailed.reading.searched, searched <= tailed.observed.size else {
            tailed.reading.searched = nil
            return .hasMore
        }
        guard try isUnchanged(tailed, file) else { return .wasTruncated }
        let count = try unsafe file.read(into: buffer, at: searched)
        let ending = unsafe tailed.reading.form.firstLineEnd(
            in: UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: searched)
        let isFinal = unsafe end == .final && count < buffer.count
        guard let last = ending?.place ?? (isFinal ? count : nil) else {
            tailed.reading.hasPending = false
            return try searchOn(tailed, file, searched, count)
        }
        guard try addLongLine(tailed, file, upTo: searched + UInt64(last), to: batch) else {
            return .batchIsFull
        }
        tailed.reading.fingerprint = try FileFingerprint(
            of: file, upTo: searched + UInt64(ending?.next ?? last))
        tailed.reading.searched = nil
        tailed.saveCheckpoint()
        return .hasMore
    }

    /// Continues behind bytes that do not contain the line's end.
    private func searchOn(
        _ tailed: TailedFile, _ file: OpenFile, _ searched: UInt64, _ count: Int
    ) throws(SocketError) -> Outcome {
        let length =
            unsafe tailed.reading.form.isWide
            ? count & ~1
            : NULRunSearch.written(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        tailed.reading.searched = searched + UInt64(length)
        if unsafe count < buffer.count { return .atEnd }
        if length > 0 { return .hasMore }
        return try searchBehindNULs(from: searched, tailed, file)
    }

    /// Continues the search for a line's end behind NULs, as far as there are any.
    private func searchBehindNULs(
        from place: UInt64, _ tailed: TailedFile, _ file: OpenFile
    ) throws(SocketError) -> Outcome {
        switch try nulRuns.ending(from: place, tailed, file) {
        case .data(let next):
            tailed.reading.searched = next
            return .hasMore
        case .endOfFile: return .atEnd
        case .unknown: return .isBusy
        }
    }

    private func isUnchanged(_ tailed: TailedFile, _ file: OpenFile) throws(SocketError) -> Bool {
        let back = tailed.reading.fingerprint.back
        let bytes = try file.bytes(back.count, at: tailed.offset - UInt64(back.count))
        return bytes == back
    }

    /// Adds the beginning of a long line.
    ///
    /// Returns false if there is no room for it.
    private func addLongLine(
        _ tailed: TailedFile, _ file: OpenFile, upTo last: UInt64, to batch: TailBatch
    ) throws(SocketError) -> Bool {
        // The text is longer than the longest message, so that it is cut there.
        let isWide = tailed.reading.form.isWide
        let raw = try file.bytes(
            (isWide ? 2 * splitter.maxMessageBytes : splitter.maxMessageBytes) + 8,
            at: tailed.offset)
        let rest = Int(last - tailed.offset) - raw.count
        let head =
            unsafe isWide
            ? raw.withUnsafeBytes { unsafe WideText($0, tailed.reading.form.encoding).bytes } : raw
        var isAdded = true
        _ = unsafe head.withUnsafeBytes { head in
            unsafe splitter.cut(head, isBeginning: tailed.offset == 0, .final) { piece in
                let whole = unsafe MessageSplitter.Piece(
                    text: piece.text, start: piece.start, omitted: piece.omitted + rest)
                isAdded = appendMessage(whole, at: tailed.offset, tailed, to: batch)
                return isAdded
            }
        }
        return isAdded
    }
}
