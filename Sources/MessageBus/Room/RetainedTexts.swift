/// The texts that a room's log has let go although there is space for them: joins, leaves and
/// renames had taken their places.
///
/// Confined to the bus's loop.
struct RetainedTexts {
    /// A batch of texts, with the position that each had in the log.
    private struct Segment {
        let arena: MessageArena
        var positions: [LogPosition]
    }

    private let room: String
    private var segments: [Segment] = []
    /// Number of texts kept.
    private(set) var count = 0
    /// Number of bytes of text kept.
    private(set) var bytes = 0

    init(room: String) { self.room = room }

    /// The position of the oldest.
    var firstPosition: LogPosition? { segments.first?.positions.first }
    /// True if there are none.
    var isEmpty: Bool { segments.isEmpty }

    /// Keeps the texts of a batch that the log lets go.
    ///
    /// - Parameter start: the position of its first message.
    mutating func append(textsOf arena: MessageArena, from start: LogPosition) {
        for index in 0..<arena.count where arena[index].isSaid {
            let header = arena[index]
            let target = space(for: Int(header.count))
            unsafe segments[target].arena.append(
                header, copying: arena.text(header), sender: arena.sender(of: header),
                details: arena.details(of: header))
            segments[target].arena.uptime = arena.uptime
            segments[target].positions.append(start + index)
            count += 1
            bytes += Int(header.count)
        }
    }

    /// Returns the index of a segment that takes one more text.
    private mutating func space(for count: Int) -> Int {
        if let last = segments.last?.arena, !last.isFull,
            last.storage.capacity - last.storage.count >= count
        {
            return segments.count - 1
        }
        let arena = MessageArena(room: room, capacity: 256, bytes: max(16 << 10, count))
        segments.append(Segment(arena: arena, positions: []))
        return segments.count - 1
    }

    /// Removes the oldest texts, some hundred at once.
    mutating func removeOldest() {
        guard let segment = segments.first else { return }
        count -= segment.positions.count
        bytes -= segment.arena.all.reduce(0) { $0 + Int($1.count) }
        segments.removeFirst()
    }

    /// Removes the oldest texts up to a number, some hundred at once; a few of them stay.
    mutating func removeOldest(through number: MessageNumber) {
        while let arena = segments.first?.arena, let last = arena.all.last, last.number <= number {
            removeOldest()
        }
    }

    /// Returns the position of the first text whose number is greater.
    func position(after number: MessageNumber) -> LogPosition? {
        find { $0.arena[$1].number <= number }.map { $0.positions[$1] }
    }

    /// Returns the newest texts at these positions, the newest of them first, with their positions.
    func newest(
        in positions: Range<LogPosition>, atMost count: Int
    ) -> [(position: LogPosition, message: Message)] {
        var result: [(LogPosition, Message)] = []
        for segment in segments.reversed() {
            for (index, position) in segment.positions.enumerated().reversed() {
                if position >= positions.upperBound { continue }
                if position < positions.lowerBound || result.count >= count { return result }
                result.append((position, segment.arena.message(at: index)))
            }
        }
        return result
    }

    /// All texts, the oldest first.
    var all: [Message] {
        segments.flatMap { segment in
            segment.positions.indices.map { segment.arena.message(at: $0) }
        }
    }

    /// Returns the text that had a position.
    func message(at position: LogPosition) -> Message? {
        find { segment, index in segment.positions[index] < position }
            .flatMap { $0.positions[$1] == position ? $0.arena.message(at: $1) : nil }
    }

    /// Returns the text that has a number.
    func message(numbered number: MessageNumber) -> Message? {
        find { segment, index in segment.arena[index].number < number }
            .flatMap { $0.arena[$1].number == number ? $0.arena.message(at: $1) : nil }
    }

    /// Removes a text, if it is kept.
    func erase(_ number: MessageNumber, by deleter: String) {
        guard
            let (segment, index) = find({ $0.arena[$1].number < number }),
            segment.arena[index].number == number
        else { return }
        segment.arena.erase(at: index, by: deleter)
    }

    /// Removes the words of a message wherever it is quoted.
    func eraseQuotations(of quoted: Quotation) {
        for segment in segments { segment.arena.eraseQuotations(of: quoted) }
    }

    /// Returns the first text that fails a condition, which all texts before it meet.
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
