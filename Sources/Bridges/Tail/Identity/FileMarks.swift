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
        let sum: UInt32
    }

    private(set) var marks: [Mark] = []
    /// Bytes between two marks at least.
    private var spacing: UInt64 = 16

    /// Marks of a file at most; then every second one goes.
    private static let bound = 32
    /// Bytes before a line's end that its sum is of.
    private static let window = Fingerprint.backBytes

    init() {}

    /// As they were kept; those that can't be read are left out.
    init(text: some StringProtocol) {
        marks = text.split(separator: ",").compactMap { part in
            let numbers = part.split(separator: ".")
            guard numbers.count == 2, let offset = UInt64(numbers[0], radix: 36),
                let sum = UInt32(numbers[1], radix: 36)
            else { return nil }
            return Mark(offset: offset, sum: sum)
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
            let first = max(0, end - Self.window)
            marks.append(
                Mark(offset: start + UInt64(end), sum: LineSums.sum(base + first, end - first)))
            if marks.count >= Self.bound { thin() }
        }
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
            let count = min(mark.offset, UInt64(Self.window))
            guard mark.offset <= size,
                let bytes = try? file.bytes(Int(count), at: mark.offset - count),
                bytes.count == Int(count),
                bytes.withUnsafeBytes({ bytes in
                    bytes.baseAddress.map { LineSums.sum($0, bytes.count) } ?? 0
                }) == mark.sum
            else { return common }
            common = mark.offset
        }
        return common
    }
}
