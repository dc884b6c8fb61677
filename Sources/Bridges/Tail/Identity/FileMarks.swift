import Chat
import Glibc
import Sockets

/// Marks along the read part of a file: checksums of a few bytes before some line ends, a few dozen
/// whatever the file's size.
///
/// They show how much of a file that was cut or rewritten is unchanged since it was read.
struct FileMarks: Equatable, Sendable {
    /// A line's end and a checksum of the bytes before it.
    struct Mark: Equatable, Sendable {
        let offset: UInt64
        /// The number of bytes in the checksum.
        let count: Int
        let sum: UInt32

        /// Returns true if a file has the same bytes there.
        fileprivate func matches(_ file: OpenFile) -> Bool {
            guard let bytes = try? file.bytes(count, at: offset - UInt64(count)),
                bytes.count == count
            else { return false }
            return unsafe bytes.withUnsafeBytes { bytes in
                unsafe bytes.baseAddress.map { unsafe Checksum.of($0, bytes.count) } ?? 0
            } == sum
        }
    }

    private(set) var marks: [Mark] = []
    /// The smallest number of bytes between two marks.
    private var spacing: UInt64 = 16

    /// The largest number of marks; then every second one is removed.
    private static let bound = 32
    /// The smallest number of bytes in a checksum.
    private static let window = FileFingerprint.backBytes
    /// The largest number of bytes in a checksum.
    ///
    /// It covers the whole line, since lines of web servers, for instance, end alike.
    private static let maxChecksumBytes = 4_096

    init() {}

    /// Restores saved marks; unreadable ones are left out.
    init(text: some StringProtocol) {
        marks = text.split(separator: ",").compactMap { part in
            let numbers = part.split(separator: ".")
            guard numbers.count == 2 || numbers.count == 3,
                let offset = UInt64(numbers[0], radix: 36), let sum = UInt32(numbers[1], radix: 36)
            else { return nil }
            // Those of the first version were all of this length.
            let count = numbers.count == 3 ? Int(numbers[2], radix: 36) : Self.window
            guard let count, (1...Self.maxChecksumBytes).contains(count) else { return nil }
            return Mark(offset: offset, count: Int(min(UInt64(count), offset)), sum: sum)
        }
        if marks.count >= 2 {
            spacing = max(16, marks[1].offset - min(marks[0].offset, marks[1].offset))
        }
    }

    /// The saved form.
    var text: String {
        if marks.isEmpty { return "-" }
        return marks.map {
            "\(String($0.offset, radix: 36)).\(String($0.sum, radix: 36))"
                + ".\(String($0.count, radix: 36))"
        }.joined(separator: ",")
    }

    /// Adds marks in bytes that were read.
    ///
    /// - Parameters:
    ///   - bytes: the bytes just before the place, as many as `known`, and those that follow it.
    ///   - offset: the place.
    mutating func append(_ bytes: UnsafeRawBufferPointer, known: Int, at offset: UInt64) {
        guard let base = bytes.baseAddress else { return }
        let start = offset - UInt64(known)
        while true {
            let next = max((marks.last?.offset ?? 0) + spacing, offset + 1)
            // A mark stands behind a line's end, so that one is looked for a byte before.
            let place = Int(clamping: next - start) - 1
            guard place < bytes.count,
                let ending = unsafe memchr(base + place, 0x0A, bytes.count - place)
            else { return }
            let end = unsafe UnsafeRawPointer(ending) - base + 1
            let count = unsafe Self.count(before: end, base)
            unsafe marks.append(
                Mark(
                    offset: start + UInt64(end), count: count,
                    sum: Checksum.of(base + (end - count), count)))
            if marks.count >= Self.bound { removeEveryOtherMark() }
        }
    }

    /// Returns the number of bytes before a line's end in its checksum: the line's own.
    private static func count(before end: Int, _ base: UnsafeRawPointer) -> Int {
        let most = min(end, maxChecksumBytes)
        var count = 1
        while count < most,
            unsafe base.load(fromByteOffset: end - count - 1, as: UInt8.self) != 0x0A
        {
            count += 1
        }
        return min(most, max(count, window))
    }

    private mutating func removeEveryOtherMark() {
        marks = marks.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        spacing *= 2
    }

    /// Removes the marks behind an offset.
    mutating func cut(to offset: UInt64) { marks.removeAll { $0.offset > offset } }

    /// Returns the offset of the last mark up to which a file is unchanged since it was read; 0 if
    /// there is none.
    func common(with file: OpenFile, size: UInt64) -> UInt64 {
        var common: UInt64 = 0
        for mark in marks {
            guard mark.offset <= size, mark.matches(file) else { return common }
            common = mark.offset
        }
        return common
    }

    /// Returns true if a sample of the marks, mostly of the last ones, is found in a file.
    ///
    /// A file that was cut and has grown again differs from some offset to its end.
    func areFound(in file: OpenFile) -> Bool {
        let earlier = marks.dropLast(Self.lastSampled)
        let every = max(1, earlier.count / Self.earlierSampled)
        let sampled = earlier.enumerated().lazy.filter { $0.offset % every == 0 }.map(\.element)
        return marks.suffix(Self.lastSampled).allSatisfy { $0.matches(file) }
            && sampled.allSatisfy { $0.matches(file) }
    }

    /// The numbers of marks that are compared: of the last ones, and of earlier ones.
    ///
    /// Each is a read for every file that changed between two runs.
    private static let (lastSampled, earlierSampled) = (4, 4)
}
