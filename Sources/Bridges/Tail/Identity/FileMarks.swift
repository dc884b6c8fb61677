import Chat
import Glibc
import Sockets

/// Marks along a file that was read: sums of a few bytes before some of its line ends, a few dozen
/// whatever its size.
///
/// They tell up to where a file that was cut, or written anew, is still what was read.
struct FileMarks: Equatable, Sendable {
    /// A line's end, and what stands before it.
    struct Mark: Equatable, Sendable {
        let offset: UInt64
        /// How many bytes before it the sum is of.
        let count: Int
        let sum: UInt32

        /// Whether the same stands there in a file.
        fileprivate func stands(in file: OpenFile) -> Bool {
            guard let bytes = try? file.bytes(count, at: offset - UInt64(count)),
                bytes.count == count
            else { return false }
            return bytes.withUnsafeBytes { bytes in
                bytes.baseAddress.map { LineChecksums.sum($0, bytes.count) } ?? 0
            } == sum
        }
    }

    private(set) var marks: [Mark] = []
    /// Bytes between two marks at least.
    private var spacing: UInt64 = 16

    /// Marks of a file at most; then every second one goes.
    private static let bound = 32
    /// Bytes before a line's end that its sum is of at least.
    private static let window = FileFingerprint.backBytes
    /// Bytes that a sum is of at most: the whole line is, else lines that end alike, as those of web
    /// servers do, were the same.
    private static let longest = 4_096

    init() {}

    /// As they were kept; those that can't be read are left out.
    init(text: some StringProtocol) {
        marks = text.split(separator: ",").compactMap { part in
            let numbers = part.split(separator: ".")
            guard numbers.count == 2 || numbers.count == 3,
                let offset = UInt64(numbers[0], radix: 36), let sum = UInt32(numbers[1], radix: 36)
            else { return nil }
            // The first version's were all of as many bytes.
            let count = numbers.count == 3 ? Int(numbers[2], radix: 36) : Self.window
            guard let count, (1...Self.longest).contains(count) else { return nil }
            return Mark(offset: offset, count: Int(min(UInt64(count), offset)), sum: sum)
        }
        if marks.count >= 2 {
            spacing = max(16, marks[1].offset - min(marks[0].offset, marks[1].offset))
        }
    }

    /// For keeping.
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
    ///   - bytes: the bytes just before the place, so many as `known`, and those that follow it.
    ///   - offset: the place.
    mutating func add(_ bytes: UnsafeRawBufferPointer, known: Int, at offset: UInt64) {
        guard let base = bytes.baseAddress else { return }
        let start = offset - UInt64(known)
        while true {
            let next = max((marks.last?.offset ?? 0) + spacing, offset + 1)
            // A mark stands behind a line's end, so that one is looked for a byte before.
            let place = Int(clamping: next - start) - 1
            guard place < bytes.count, let ending = memchr(base + place, 0x0A, bytes.count - place)
            else { return }
            let end = UnsafeRawPointer(ending) - base + 1
            let count = Self.count(before: end, base)
            marks.append(
                Mark(
                    offset: start + UInt64(end), count: count,
                    sum: LineChecksums.sum(base + (end - count), count)))
            if marks.count >= Self.bound { thin() }
        }
    }

    /// How many bytes before a line's end its sum is of: its own.
    private static func count(before end: Int, _ base: UnsafeRawPointer) -> Int {
        let most = min(end, longest)
        var count = 1
        while count < most, base.load(fromByteOffset: end - count - 1, as: UInt8.self) != 0x0A {
            count += 1
        }
        return min(most, max(count, window))
    }

    private mutating func thin() {
        marks = marks.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        spacing *= 2
    }

    /// Forgets those behind a place.
    mutating func cut(to offset: UInt64) { marks.removeAll { $0.offset > offset } }

    /// The last mark up to which a file is still what was read; 0 if none is.
    func common(with file: OpenFile, size: UInt64) -> UInt64 {
        var common: UInt64 = 0
        for mark in marks {
            guard mark.offset <= size, mark.stands(in: file) else { return common }
            common = mark.offset
        }
        return common
    }

    /// Whether some of the marks, the last ones above all, are what they were: what was cut and has
    /// grown again differs from some place to the end.
    func areFound(in file: OpenFile) -> Bool {
        let earlier = marks.dropLast(Self.lastSampled)
        let every = max(1, earlier.count / Self.earlierSampled)
        let sampled = earlier.enumerated().lazy.filter { $0.offset % every == 0 }.map(\.element)
        return marks.suffix(Self.lastSampled).allSatisfy { $0.stands(in: file) }
            && sampled.allSatisfy { $0.stands(in: file) }
    }

    /// Marks that are looked at of the last ones, and of those before them: a read each, for every
    /// file that has changed between two runs.
    private static let (lastSampled, earlierSampled) = (4, 4)
}
