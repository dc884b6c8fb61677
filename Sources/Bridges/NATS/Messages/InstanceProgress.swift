/// The progress in an instance's messages for a room: the ones that have come, and the ones
/// missing.
struct InstanceProgress: Equatable {
    /// A gap between two numbers that have come: messages that the stream had lost may be put into
    /// it again behind newer ones.
    private struct Gap: Equatable {
        /// The last number that has come in front of the missing ones.
        var low: UInt64
        /// The first number after the missing ones.
        let high: UInt64
    }

    /// The highest number.
    private(set) var number: UInt64 = 0
    /// The number of messages, including lost ones; `nil` until it is known how many came before.
    private(set) var count: UInt64?
    /// The number of lost messages that nobody has been told about yet.
    private(set) var lost: UInt64 = 0
    private var gaps: [Gap] = []

    /// Gaps that are remembered; the oldest are given up.
    private static let maxGaps = 8

    /// Makes the progress before the first message.
    init() {}

    /// Records a batch's place among the instance's messages, before its records.
    ///
    /// All numbers are up to 2^53, as they are read, so that nothing here can overflow.
    mutating func begin(_ batch: FleetBatch) {
        guard let index = batch.index else { return }
        if let first = batch.records.first?.number, first > number + 1 {
            let isMissing = count.map { index > $0 } ?? false
            if let count, isMissing { lost = min(lost + (index - count), ByteReader.maxOrdinal) }
            if isMissing || number == 0 { remember(Gap(low: number, high: first)) }
        }
        count = max(count ?? index, index)
    }

    private mutating func remember(_ gap: Gap) {
        guard gap.low + 1 < gap.high else { return }
        gaps.append(gap)
        if gaps.count > Self.maxGaps { gaps.removeFirst() }
    }

    /// Returns whether a message is new, and counts it.
    mutating func accept(_ next: UInt64) -> Bool {
        if next > number {
            number = next
            count = count.map { $0 + 1 }
            return true
        }
        guard let index = gaps.firstIndex(where: { $0.low < next && next < $0.high }) else {
            return false
        }
        gaps[index].low = next
        if next + 1 >= gaps[index].high { gaps.remove(at: index) }
        if lost > 0 { lost -= 1 }
        return true
    }

    /// Records that all records of a batch are counted.
    mutating func end(_ batch: FleetBatch) {
        guard let index = batch.index else { return }
        count = max(count ?? 0, index + UInt64(batch.records.count) + batch.unread)
    }

    /// Records that people know of the lost messages.
    mutating func closeLosses() { lost = 0 }

    // MARK: - The checkpoint

    /// The checkpoint's bytes.
    var state: [UInt8] {
        let count = count.map { "\($0)" } ?? "-"
        let gaps = gaps.map { " \($0.low)-\($0.high)" }.joined()
        return Array("\(number) \(count) \(lost)\(gaps)".utf8)
    }

    /// Reads a checkpoint's bytes; `nil` if they are something else.
    init?(_ state: [UInt8]) {
        let parts = String(decoding: state, as: UTF8.self).split(separator: " ")
        guard parts.count >= 2, let number = Self.ordinal(parts[0]) else { return nil }
        self.number = number
        count = Self.ordinal(parts[1])
        if count == nil, parts[1] != "-" { return nil }
        if parts.count > 2 { lost = Self.ordinal(parts[2]) ?? 0 }
        gaps = parts.dropFirst(3).prefix(Self.maxGaps).compactMap { part in
            let ends = part.split(separator: "-").compactMap { Self.ordinal($0) }
            return ends.count == 2 ? Gap(low: ends[0], high: ends[1]) : nil
        }
    }

    /// Earlier versions stored whatever they read.
    private static func ordinal(_ part: Substring) -> UInt64? {
        UInt64(part).flatMap { $0 <= ByteReader.maxOrdinal ? $0 : nil }
    }
}
