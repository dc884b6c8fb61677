import Chat
import Sockets

/// A file's identity by content: hashes of its beginning, and of the bytes just before the offset
/// up to which it has been read.
///
/// Every file has one, however small. A file that was truncated and has grown again has another
/// one.
struct FileFingerprint: Hashable, Sendable {
    /// The offset up to which the file has been read.
    private(set) var offset: UInt64 = 0
    /// A hash of the first bytes at each of `levels` that the offset has reached, and of all bytes
    /// before the offset, up to the last level.
    private(set) var head: [UInt64] = [emptyHash]
    /// The bytes just before the offset, `backBytes` at most.
    private(set) var back: [UInt8] = []

    /// Lengths of the beginnings that are hashed separately, so that the rest of a file that was
    /// cut is still recognized.
    static let levels = [16, 64, 256, 1_024]
    /// Bytes before the offset that are compared whenever the file is read.
    static let backBytes = 64

    private static let headBytes = 1_024
    private static let emptyHash: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Creates the fingerprint of a file of which nothing has been read.
    init() {}

    /// Computes the fingerprint of a file up to an offset.
    ///
    /// - Throws: `SocketError` if it can't be read.
    init(of file: OpenFile, upTo offset: UInt64) throws(SocketError) {
        let start = offset - min(offset, UInt64(Self.backBytes))
        let first = try file.bytes(Int(min(offset, UInt64(Self.headBytes))), at: 0)
        unsafe first.withUnsafeBytes { unsafe extendHead($0) }
        back = try file.bytes(Int(offset - start), at: start)
        self.offset = offset
    }

    /// Advances the offset by bytes that were read.
    ///
    /// - Parameters:
    ///   - bytes: the bytes just before the offset, as `back` has them, and those that follow.
    ///   - count: the number of those that follow.
    mutating func advance(over bytes: UnsafeRawBufferPointer, by count: Int) {
        let new = unsafe UnsafeRawBufferPointer(rebasing: bytes[back.count..<(back.count + count)])
        unsafe extendHead(new)
        let end = back.count + count
        back = unsafe Array(bytes[max(0, end - Self.backBytes)..<end])
        offset += UInt64(count)
    }

    private mutating func extendHead(_ bytes: UnsafeRawBufferPointer) {
        guard offset < UInt64(Self.headBytes) else { return }
        var place = Int(offset)
        var hash = head.removeLast()
        for index in 0..<min(bytes.count, Self.headBytes - place) {
            // FNV-1a: a collision gains nothing for those who can write the file.
            hash = unsafe (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3
            place += 1
            if Self.levels.contains(place) { head.append(hash) }
        }
        head.append(hash)
    }

    /// Returns true if a file's first bytes are those that were read.
    ///
    /// The bytes before the offset are not compared.
    ///
    /// - Throws: `SocketError` if it can't be read.
    func beginsAsBefore(_ file: OpenFile) throws(SocketError) -> Bool {
        // If so, `back` contains all of them.
        if offset <= UInt64(Self.backBytes) { return true }
        let bytes = try file.bytes(Int(min(offset, UInt64(Self.headBytes))), at: 0)
        var other = FileFingerprint()
        unsafe bytes.withUnsafeBytes { unsafe other.extendHead($0) }
        return other.head == head
    }

    /// Returns true if a file has this fingerprint.
    func matches(_ file: OpenFile) -> Bool {
        guard let size = try? file.status().size, size >= offset,
            let other = try? FileFingerprint(of: file, upTo: offset)
        else { return false }
        return other.sum == sum && other.head == head
    }

    /// Returns true if the file may have grown from one with another fingerprint.
    func goesOn(from other: FileFingerprint) -> Bool {
        if offset == other.offset { return head == other.head && sum == other.sum }
        // The hash behind the last level that was reached has changed.
        return offset > other.offset && head.starts(with: other.head.dropLast())
    }

    /// Returns true if a file begins with the same bytes, up to the last level that both have
    /// reached.
    func beginsLike(_ file: OpenFile, size: UInt64) -> Bool {
        let reached = min(size, offset)
        guard let index = Self.levels.lastIndex(where: { UInt64($0) <= reached }) else {
            return true
        }
        guard let other = try? FileFingerprint(of: file, upTo: UInt64(Self.levels[index])) else {
            return false
        }
        return other.head[index] == head[index]
    }

    // MARK: - Kept

    /// A hash of `back`, which is saved in place of the bytes.
    var sum: UInt64 {
        keptSum
            ?? back.reduce(Self.emptyHash) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
    /// True if the bytes before the offset are known and not only their hash.
    var hasBytes: Bool { keptSum == nil }
    /// The saved hash of `back` while the bytes themselves are unknown.
    private var keptSum: UInt64?

    /// Restores a saved fingerprint.
    init(offset: UInt64, head: [UInt64], sum: UInt64) {
        self.offset = offset
        self.head = head
        keptSum = sum
    }
}
