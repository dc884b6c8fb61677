/// A room's recent messages, in order: a position is the number of messages in front of it.
///
/// Kept in batches, so that adding a message copies its text once and allocates nothing until a
/// batch is full. Joins, leaves and renames push no texts out: texts that people may ask for by
/// name, number or words are kept within the same bounds when their place here is needed. Confined
/// to the bus's loop.
package final class MessageLog {
    /// The bounds of a log: a number of messages, and about as many bytes of text.
    package struct Limits: Sendable {
        /// Messages; the oldest go a batch at a time.
        package var messages = 65_536
        /// Bytes of text.
        package var bytes = 4 << 20
        package init() {}
    }

    private struct Segment {
        let start: LogPosition
        let arena: MessageArena
    }

    private let room: String
    private let bounds: Limits
    private let owner: Confinement
    private var segments: [Segment] = []
    private var spare: MessageArena?
    /// Returns true if a reader has still to read up to a position, so that older batches stay.
    ///
    /// Set once, by `Room`. A reader holds the log up to a size in bytes only.
    var isHeld: (_ position: LogPosition, _ size: Int) -> Bool = { _, _ in false }
    /// Texts that are older than the oldest batch.
    private var older: RetainedTexts
    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    /// Joins, leaves and renames among the messages in the batches.
    @safe @exclusivity(unchecked) private var notices = 0
    /// The number of the newest message that was let go; 0 if none was.
    ///
    /// Its text may be kept, but messages before or after it may be missing.
    @safe @exclusivity(unchecked) package private(set) var forgottenThrough: MessageNumber = 0
    /// The number up to which messages have expired, so that they are given to nobody who asks for
    /// earlier ones; 0 if none has.
    package private(set) var expiredThrough: MessageNumber = 0
    /// The position after the expired messages.
    private var expiredEnd: LogPosition = 0
    /// The value of `expiredEnd` up to which the speakers are forgotten.
    private var speakersBegin: LogPosition = 0
    /// True if texts were let go.
    package private(set) var hasForgottenTexts = false
    /// The people who have spoken, with the position of their last message; complete up to a
    /// position, because they are only looked for when somebody asks.
    private(set) var speakers = RecentSpeakers()
    @safe @exclusivity(unchecked) private var bytes = 0
    /// Number of bytes of text appended since the beginning.
    @safe @exclusivity(unchecked) private(set) var bytesInAll = 0
    /// The position after the newest message.
    @safe @exclusivity(unchecked) package private(set) var end: LogPosition = 0

    /// Makes an empty log.
    package init(room: String, bounds: Limits = Limits(), owner: Confinement = Confinement()) {
        self.room = room
        self.bounds = bounds
        self.owner = owner
        older = RetainedTexts(room: room)
    }

    /// The number of the newest message, or 0.
    package var lastNumber: MessageNumber { segments.last?.arena.last?.number ?? 0 }

    /// The position of the oldest message kept.
    package var start: LogPosition { segments.first?.start ?? end }

    /// Appends the messages that the chain let pass and returns their number.
    package func append(_ arena: MessageArena) -> Int {
        owner.assertOwned()
        let before = end
        if arena.hasOtherKinds {
            notices += arena.all.count { !$0.isSaid && !$0.flags.contains(.dropped) }
        }
        var next = 0
        while next < arena.count {
            let target = segments.last?.arena ?? newSegment(for: 0)
            let (count, textBytes) = (target.count, target.storage.count)
            next = target.append(passedOf: arena, from: next)
            // The newest arrival stands for all of a batch: chains that judge outgoing messages
            // count time by it, and do so at the end of the turn.
            target.uptime = arena.uptime
            end += target.count - count
            bytes += target.storage.count - textBytes
            bytesInAll += target.storage.count - textBytes
            if next < arena.count { _ = newSegment(for: arena.space(for: next)) }
        }
        return end - before
    }

    /// Makes a batch to append to; the first of a room is small, each later one four times as large
    /// as the one before, up to 1,024 messages and 64 KiB.
    private func newSegment(for bytes: Int) -> MessageArena {
        let previous = segments.last?.arena.capacity ?? 16
        let capacity = min(4 * previous, 1_024)
        let size = max(64 * capacity, bytes)
        let new =
            dequeueSpare(capacity, size)
            ?? MessageArena(room: room, capacity: capacity, bytes: size)
        segments.append(Segment(start: end, arena: new))
        evict()
        return new
    }

    /// Returns the batch that was let go last, if it is large enough and nobody holds a message of
    /// it: warm memory costs less than new memory.
    private func dequeueSpare(_ capacity: Int, _ bytes: Int) -> MessageArena? {
        guard isKnownUniquelyReferenced(&spare), let arena = spare, arena.capacity == capacity,
            arena.storage.capacity >= bytes
        else { return nil }
        spare = nil
        arena.removeAll()
        return arena
    }

    /// Returns roughly the bytes of memory that messages from a position on take, with the fixed
    /// parts beside their texts.
    private func size(from position: LogPosition) -> Int {
        bytes + (end - position) * MemoryLayout<MessageHeader>.stride
    }

    private func evict() {
        var count = 0
        while count < segments.count - 1,
            bytes > bounds.bytes || end - segments[count + 1].start > bounds.messages,
            !isHeld(segments[count + 1].start, size(from: segments[count].start))
        {
            let segment = segments[count]
            bytes -= segment.arena.storage.count
            forgottenThrough = segment.arena.last?.number ?? forgottenThrough
            if notices > 0 { keepTexts(of: segment) } else { hasForgottenTexts = true }
            spare = segment.arena
            count += 1
        }
        while !older.isEmpty, bytes + older.bytes > bounds.bytes { forgetOldestTexts() }
        // About a hundred references to move, once in a thousand messages.
        if count > 0 { segments.removeFirst(count) }
    }

    /// Keeps the texts of a batch that is let go, as long as the bounds allow for texts alone.
    private func keepTexts(of segment: Segment) {
        recordSpeakers()
        notices -= segment.arena.all.count { !$0.isSaid }
        older.append(textsOf: segment.arena, from: segment.start)
        let behind = segment.start + segment.arena.count
        while !older.isEmpty, (end - behind) - notices + older.count > bounds.messages {
            forgetOldestTexts()
        }
    }

    private func forgetOldestTexts() {
        older.removeOldest()
        hasForgottenTexts = true
    }

    /// Calls a function with each run of messages from a position on, and returns the end.
    package func forEachRun(
        from position: LogPosition, _ body: (MessageArena, Range<Int>) -> Void
    ) -> LogPosition {
        owner.assertOwned()
        var position = max(position, start)
        var index = segmentIndex(holding: position)
        while position < end, index < segments.count {
            let segment = segments[index]
            body(segment.arena, (position - segment.start)..<segment.arena.count)
            position = segment.start + segment.arena.count
            index += 1
        }
        return position
    }

    /// Returns the messages from a position on, at most `count`.
    package func messages(from position: LogPosition, atMost count: Int) -> [Message] {
        owner.assertOwned()
        var position = max(position, start)
        guard position < end else { return [] }
        var result: [Message] = []
        result.reserveCapacity(min(count, end - position))
        while position < end, result.count < count {
            let segment = segments[segmentIndex(holding: position)]
            result.append(segment.arena.message(at: position - segment.start))
            position += 1
        }
        return result
    }

    /// Returns the newest message kept that somebody said under a folded name or before taking it.
    ///
    /// Messages since the last question are searched once, whoever is asked for.
    package func last(saidBy key: String) -> Message? {
        recordSpeakers()
        guard let position = speakers.position(of: key), position >= expiredEnd else { return nil }
        let last =
            position < start
            ? older.message(at: position) : messages(from: position, atMost: 1).first
        guard let last, last.header.isDeleted else { return last }
        // Rare enough to look at what was said before it.
        return texts(in: 0..<position, atMost: Bus.maxTexts).last {
            $0.sender.key == key && !$0.header.isDeleted
        }
    }

    /// The folded names of everybody who has said one of the messages kept.
    package var speakerNames: NameIndex {
        recordSpeakers()
        return speakers.names
    }

    private func recordSpeakers() {
        if speakers.end < end {
            var position = max(speakers.end, start)
            _ = forEachRun(from: position) { arena, range in
                speakers.record(arena, range, from: position)
                position += range.count
            }
            speakers.forget(before: textStart)
        }
        guard speakersBegin < expiredEnd else { return }
        speakersBegin = expiredEnd
        speakers.removeAll(before: expiredEnd)
    }

    /// The position of the oldest text that may be kept.
    private var textStart: LogPosition { older.firstPosition ?? start }

    /// Returns the newest texts kept, the oldest of them first; no joins and leaves.
    package func lastTexts(atMost count: Int) -> [Message] { texts(in: 0..<end, atMost: count) }

    /// Returns the newest texts kept at these positions, the oldest of them first.
    package func texts(in positions: Range<LogPosition>, atMost count: Int) -> [Message] {
        let positions = unexpired(positions)
        var result: [Message] = []
        forEachText(in: positions, atMost: count) { result.append($0.message(at: $1)) }
        result += olderTexts(in: positions, atMost: count - result.count)
        return result.reversed()
    }

    /// Returns the numbers of the newest texts kept at these positions, rising; no joins and
    /// leaves.
    package func textNumbers(in positions: Range<LogPosition>, atMost count: Int) -> [MessageNumber]
    {
        let positions = unexpired(positions)
        var result: [MessageNumber] = []
        forEachText(in: positions, atMost: count) { result.append($0[$1].number) }
        result += olderTexts(in: positions, atMost: count - result.count).map(\.number)
        return result.reversed()
    }

    /// Returns the newest texts at these positions that are older than the batches, the newest
    /// first.
    private func olderTexts(in positions: Range<LogPosition>, atMost count: Int) -> [Message] {
        guard count > 0, positions.lowerBound < start else { return [] }
        return older.newest(in: positions, atMost: count).map(\.message)
    }

    /// Calls a function with the newest texts at these positions in the batches, the newest first.
    private func forEachText(
        in positions: Range<LogPosition>, atMost count: Int, _ body: (MessageArena, Int) -> Void
    ) {
        var left = count
        for segment in segments.reversed()
        where left > 0 && segment.start < positions.upperBound {
            let arena = segment.arena
            let stop = min(positions.upperBound, segment.start + arena.count) - segment.start
            let first = max(segment.start, positions.lowerBound) - segment.start
            guard first < stop else { break }
            for index in (first..<stop).reversed() where left > 0 {
                guard arena[index].isSaid else { continue }
                body(arena, index)
                left -= 1
            }
        }
    }

    /// Returns the last `count` texts before a position that are older than the batches, the oldest
    /// first, and the position of the first of them.
    package func olderTexts(
        before position: LogPosition, atMost count: Int
    ) -> (texts: [Message], position: LogPosition)? {
        let found = older.newest(in: unexpired(0..<position), atMost: count)
        return found.last.map { (found.reversed().map(\.message), $0.position) }
    }

    /// Returns the last texts kept before a number, the oldest of them first; no joins and leaves.
    func texts(before number: MessageNumber, atMost count: Int) -> [Message] {
        guard number > 0, count > 0 else { return [] }
        let position = position(after: number - 1)
        let found = texts(in: 0..<position, atMost: count)
        guard let last = found.last, last.number >= number else { return found }
        // The number is that of a text that has left the batches, so the positions found do not
        // fit.
        return Array(
            older.all.prefix { $0.number < number }.drop { $0.number <= expiredThrough }
                .suffix(count))
    }

    /// Returns the newest correction kept of each of these messages, by their numbers.
    func corrections(of numbers: Set<MessageNumber>) -> [MessageNumber: Message] {
        var found: [MessageNumber: Message] = [:]
        for segment in segments {
            for (index, header) in segment.arena.all.enumerated() where header.kind == .edit {
                guard let corrected = segment.arena.details(of: header)?.corrected,
                    numbers.contains(corrected), !header.isDeleted
                else { continue }
                found[corrected] = segment.arena.message(at: index)
            }
        }
        return found
    }

    /// Returns the message kept that has a number.
    package func message(numbered number: MessageNumber) -> Message? {
        guard number > expiredThrough else { return nil }
        let found = messages(from: position(after: number - 1), atMost: 1).first
        return found?.number == number ? found : older.message(numbered: number)
    }

    private func unexpired(_ positions: Range<LogPosition>) -> Range<LogPosition> {
        let begin = max(positions.lowerBound, expiredEnd)
        return begin..<max(begin, positions.upperBound)
    }

    /// Stops giving the messages up to a number to anybody who asks for earlier ones: they have
    /// expired.
    ///
    /// Readers that are behind get what they are owed all the same.
    func expire(through number: MessageNumber) {
        owner.assertOwned()
        guard number > expiredThrough else { return }
        expiredThrough = number
        // The store may have kept some of them, whose time stamps are out of order.
        hasForgottenTexts = true
        let position = position(after: number)
        expiredEnd = position > start ? position : older.position(after: number) ?? start
        older.removeOldest(through: number)
    }

    /// Removes the text of a message, if it is kept.
    func erase(_ number: MessageNumber, by deleter: String) {
        let position = position(after: number - 1)
        if position < end {
            let segment = segments[segmentIndex(holding: position)]
            let index = position - segment.start
            if segment.arena[index].number == number {
                return segment.arena.erase(at: index, by: deleter)
            }
        }
        older.erase(number, by: deleter)
    }

    /// Removes the words of a message wherever it is quoted.
    func eraseQuotations(of quoted: Quotation) {
        for segment in segments { segment.arena.eraseQuotations(of: quoted) }
        older.eraseQuotations(of: quoted)
    }

    /// Returns the position of the first message kept whose number is greater.
    package func position(after number: MessageNumber) -> LogPosition {
        var (low, high) = (start, end)
        while low < high {
            let middle = low.middle(to: high)
            let segment = segments[segmentIndex(holding: middle)]
            if segment.arena[middle - segment.start].number > number {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    private func segmentIndex(holding position: LogPosition) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].start <= position { low = middle } else { high = middle }
        }
        return low
    }
}
