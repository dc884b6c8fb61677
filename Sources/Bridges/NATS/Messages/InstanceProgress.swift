/// The messages that have come from an instance for a room, and those that are missing.
struct InstanceProgress: Equatable {
    /// Numbers between two that have come: what the stream had lost may be put into it again behind
    /// something newer.
    private struct Gap: Equatable {
        /// The last number that has come in front of the missing ones.
        var low: UInt64
        /// The first one behind them.
        let high: UInt64
    }

    /// The highest number.
    private(set) var number: UInt64 = 0
    /// Messages, those that were lost included; `nil` as long as nothing has told how many there
    /// were before.
    private(set) var count: UInt64?
    /// Messages that are lost and of which nobody was told yet.
    private(set) var lost: UInt64 = 0
    private var gaps: [Gap] = []

    /// Gaps that are remembered; the oldest are given up.
    private static let maxGaps = 8

    /// Nothing.
    init() {}

    /// Takes in a batch's place among what the instance has said, before its records.
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

    /// Takes in that a batch's records are all counted.
    mutating func end(_ batch: FleetBatch) {
        guard let index = batch.index else { return }
        count = max(count ?? 0, index + UInt64(batch.records.count) + batch.unread)
    }

    /// Takes in that people know of what was lost.
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

    /// Earlier versions have kept whatever they read.
    private static func ordinal(_ part: Substring) -> UInt64? {
        UInt64(part).flatMap { $0 <= ByteReader.maxOrdinal ? $0 : nil }
    }
}
