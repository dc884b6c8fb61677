/// The texts that a room's log has let go although there is space for them: joins, leaves and renames
/// had taken their places.
///
/// Confined to the bus's loop.
struct RetainedTexts {
    /// A batch of texts, with the position that each had in the log.
    private struct Segment {
        let batch: Batch
        var positions: [UInt64]
    }

    private let room: String
    private var segments: [Segment] = []
    /// Texts kept.
    private(set) var count = 0
    /// Bytes of text kept.
    private(set) var bytes = 0

    init(room: String) { self.room = room }

    /// The position of the oldest.
    var firstPosition: UInt64? { segments.first?.positions.first }
    /// Whether there are none.
    var isEmpty: Bool { segments.isEmpty }

    /// Keeps the texts of a batch that the log lets go.
    ///
    /// - Parameter start: the position of its first message.
    mutating func append(textsOf batch: Batch, from start: UInt64) {
        for index in 0..<batch.count where batch.all[index].isSaid {
            let header = batch.all[index]
            let target = space(for: Int(header.count))
            segments[target].batch.append(
                header, text: batch.text(header), sender: batch.sender(of: header),
                details: batch.details(of: header))
            segments[target].batch.uptime = batch.uptime
            segments[target].positions.append(start + UInt64(index))
            count += 1
            bytes += Int(header.count)
        }
    }

    /// The place of a segment that takes one text more.
    private mutating func space(for count: Int) -> Int {
        if let last = segments.last?.batch, !last.isFull,
            last.storage.capacity - last.storage.count >= count
        {
            return segments.count - 1
        }
        let batch = Batch(room: room, capacity: 256, bytes: max(16 << 10, count))
        segments.append(Segment(batch: batch, positions: []))
        return segments.count - 1
    }

    /// Lets the oldest texts go, some hundred at once.
    mutating func removeOldest() {
        guard let segment = segments.first else { return }
        count -= segment.positions.count
        bytes -= segment.batch.all.reduce(0) { $0 + Int($1.count) }
        segments.removeFirst()
    }

    /// The newest texts at these positions, the newest of them first, with their positions.
    func newest(
        in positions: Range<UInt64>, atMost count: Int
    ) -> [(position: UInt64, message: Message)] {
        var result: [(UInt64, Message)] = []
        for segment in segments.reversed() {
            for (index, position) in segment.positions.enumerated().reversed() {
                if position >= positions.upperBound { continue }
                if position < positions.lowerBound || result.count >= count { return result }
                result.append((position, segment.batch.message(at: index)))
            }
        }
        return result
    }

    /// The text that had a position.
    func message(at position: UInt64) -> Message? {
        find { segment, index in segment.positions[index] < position }
            .flatMap { $0.positions[$1] == position ? $0.batch.message(at: $1) : nil }
    }

    /// The text that has a number.
    func message(numbered number: UInt64) -> Message? {
        find { segment, index in segment.batch.all[index].number < number }
            .flatMap { $0.batch.all[$1].number == number ? $0.batch.message(at: $1) : nil }
    }

    /// The first text for which something no longer holds that holds for all before it.
    private func find(_ isBefore: (Segment, Int) -> Bool) -> (Segment, Int)? {
        guard
            let segment = segments.first(where: { !isBefore($0, $0.positions.count - 1) })
        else { return nil }
        var (low, high) = (0, segment.positions.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(segment, middle) { low = middle + 1 } else { high = middle }
        }
        return low < segment.positions.count ? (segment, low) : nil
    }
}
