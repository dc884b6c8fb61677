import Chat
import Glibc
import Sockets

/// A search for the end of a run of NULs in a file.
///
/// Reserved space that is not written yet looks like a hole: it is skipped only when data follows.
/// The run is stored with the file, so that one with reserved space is not read to its end for each
/// line. Owned by `FileReader`, whose buffer it uses; confined to the bridge's thread.
@safe struct NULRunSearch {
    /// NULs that were found in a file.
    struct Found {
        let range: Range<UInt64>
        /// The file's modification time at the search.
        let modified: Int64

        /// Returns true if they go on from a place, or end there.
        func reach(_ place: UInt64) -> Bool {
            range.contains(place) || range.upperBound == place
        }
    }

    /// The end of a run of NULs.
    enum Ending {
        case data(UInt64)
        /// Nothing: it goes on to the end of the file.
        case endOfFile
        /// Not known yet: the run is so long that other files have their turn first.
        case unknown
    }

    /// The reader's buffer.
    let buffer: UnsafeMutableRawBufferPointer

    /// Bytes of NULs read in one turn.
    private static let bytesPerTurn: UInt64 = 16 << 20

    /// Returns the end of the run of NULs that begins at an offset.
    func ending(
        from start: UInt64, _ tailed: TailedFile, _ file: OpenFile
    ) throws(SocketError) -> Ending {
        let known = tailed.reading.nulRuns.flatMap { $0.reach(start) ? $0 : nil }
        let modified = tailed.observed.modified
        var place = known?.range.upperBound ?? start
        let bound = place + Self.bytesPerTurn
        while place < bound {
            guard let next = file.data(from: place) else { break }
            place = next
            let count = try unsafe file.read(into: buffer, at: place)
            if count == 0 { break }
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if let index = unsafe Self.firstWritten(bytes) {
                tailed.reading.nulRuns = nil
                // Something may have been written to what was skipped.
                if let known, known.modified != modified {
                    return try ending(from: start, tailed, file)
                }
                return .data(place + UInt64(index))
            }
            place += UInt64(count)
        }
        let isSame = known.map { $0.modified == modified } ?? true
        tailed.reading.nulRuns = Found(
            range: start..<max(start, place), modified: isSame ? modified : .min)
        return place < bound ? .endOfFile : .unknown
    }

    /// Returns the index of the first byte that is not NUL; compares the bytes with themselves,
    /// shifted by one, which is fast.
    private static func firstWritten(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, bytes.count > 1 else {
            return unsafe bytes.firstIndex { $0 != 0 }
        }
        if unsafe bytes[0] == 0, unsafe memcmp(base, base + 1, bytes.count - 1) == 0 { return nil }
        return unsafe bytes.firstIndex { $0 != 0 }
    }

    /// Returns the number of bytes up to the last one that is not NUL.
    static func written(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let last = unsafe bytes.last, last == 0 else { return bytes.count }
        return unsafe (bytes.lastIndex { $0 != 0 } ?? -1) + 1
    }
}
