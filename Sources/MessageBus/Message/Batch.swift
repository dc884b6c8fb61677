/// Messages of one room in a row, their texts side by side in one storage.
///
/// What one read of a bridge brought goes through the chain as a batch, so that a step is called
/// once for many messages; a room's log is made of batches too. Confined to whoever made it until it
/// is published: to the bus's loop from then on. The threads of files and of the store's reader make
/// some, and hand them over whole.
public final class Batch {
    /// The room's name.
    @exclusivity(unchecked) package var room: String
    /// Messages there is room for.
    package let capacity: Int
    /// Messages to add before it counts as full: the capacity, or fewer.
    @exclusivity(unchecked) package var bound: Int
    @usableFromInline let headers: UnsafeMutablePointer<MessageHeader>
    /// Messages in it, the dropped ones included.
    @exclusivity(unchecked) public package(set) var count = 0
    @exclusivity(unchecked) @usableFromInline package var storage: ByteStorage
    @exclusivity(unchecked) @usableFromInline package var senders: [Sender] = []
    @exclusivity(unchecked) @usableFromInline package var details: [MessageDetails] = []
    /// Monotonic nanoseconds: when the batch was made.
    @exclusivity(unchecked) package var uptime: Int64 = 0
    /// Whether there are joins, leaves or the like among its messages.
    @exclusivity(unchecked) package private(set) var hasOtherKinds = false
    /// Whether texts lie elsewhere than one behind the other.
    @exclusivity(unchecked) var isScattered = false
    /// Where the text of the last message ends.
    @exclusivity(unchecked) var lastEnd: UInt32 = 0
    /// Whether nobody can keep people from leaving: of what comes in, not of what goes out.
    @exclusivity(unchecked) var keepsLeaves = false
    /// Whether the present step is not to judge some of the messages.
    @exclusivity(unchecked) var hasPassedOver = false
    /// What the chain dropped, in the order of the steps.
    @exclusivity(unchecked) package var drops: [(index: Int, drop: Drop)] = []
    /// What steps threw: for each step the first error, and how many there were.
    @exclusivity(unchecked) package private(set) var failures: [StepFailure] = []
    /// Steps before the present one that threw something.
    @exclusivity(unchecked) private var earlierFailures = 0
    /// Whether it is noted which step dropped or changed what.
    @exclusivity(unchecked) var isTraced = false
    /// What steps did to messages, if that is noted; in the order of the steps.
    @exclusivity(unchecked) package private(set) var traces: [Trace] = []
    /// Messages that the present step has changed, if that is noted.
    @exclusivity(unchecked) private var changes: [Int] = []

    /// Makes an empty batch.
    ///
    /// - Parameters:
    ///   - room: the room all its messages are in.
    ///   - capacity: messages it may hold.
    ///   - bytes: bytes of text its first storage holds; it gets a larger one when that is full.
    package init(room: String, capacity: Int, bytes: Int) {
        self.room = room
        self.capacity = capacity
        bound = capacity
        headers = .allocate(capacity: capacity)
        storage = ByteStorage(capacity: bytes)
    }

    deinit { headers.deallocate() }

    /// Whether no message more fits.
    package var isFull: Bool { count >= bound || senders.count >= Int(UInt16.max) }

    /// The fixed parts of its messages.
    package var all: UnsafeMutableBufferPointer<MessageHeader> {
        UnsafeMutableBufferPointer(start: headers, count: count)
    }

    /// The text of a message, valid as long as the batch is.
    package func text(_ header: MessageHeader) -> UnsafeRawBufferPointer {
        storage.bytes(at: Int(header.offset), count: Int(header.count))
    }

    /// Empties the batch for the next read.
    ///
    /// Bodies that somebody kept stay as they are.
    package func removeAll() {
        removeMessages()
        if isKnownUniquelyReferenced(&storage) {
            storage.count = 0
        } else {
            storage = ByteStorage(capacity: storage.capacity)
        }
    }

    /// Gives memory back that one large text made it take.
    ///
    /// Between two reads.
    package func shrink(to bytes: Int) {
        if storage.capacity > bytes, count == 0 { storage = ByteStorage(capacity: bytes) }
    }

    /// Takes the messages out and leaves the bytes.
    package func removeMessages() {
        count = 0
        hasOtherKinds = false
        isScattered = false
        lastEnd = 0
        if !senders.isEmpty { senders.removeAll(keepingCapacity: true) }
        if !details.isEmpty { details.removeAll(keepingCapacity: true) }
        if !drops.isEmpty { drops.removeAll(keepingCapacity: true) }
        if !failures.isEmpty { failures.removeAll() }
        earlierFailures = 0
        if !traces.isEmpty { traces.removeAll() }
        if !changes.isEmpty { changes.removeAll() }
    }

    /// Adds a message whose text already stands in the storage.
    ///
    /// The caller has asked `isFull`.
    package func append(_ header: MessageHeader, sender: Sender, details extra: MessageDetails?) {
        var header = header
        header.sender = index(of: sender)
        header.details = 0
        if let extra {
            if details.last !== extra { details.append(extra) }
            header.details = UInt16(details.count)
        }
        if header.kind != .message { hasOtherKinds = true }
        if header.offset < lastEnd { isScattered = true }
        lastEnd = header.end
        headers[count] = header
        count += 1
    }

    /// Adds a message whose text already stands in the storage and whose sender is still to be
    /// named, by its place among the senders.
    func append(_ header: MessageHeader, connectionID: Int, details extra: MessageDetails?) {
        var header = header
        header.sender = UInt16(truncatingIfNeeded: connectionID)
        if let extra {
            if details.last !== extra { details.append(extra) }
            header.details = UInt16(details.count)
        }
        lastEnd = header.end
        headers[count] = header
        count += 1
    }

    /// Who said a message.
    package func sender(of header: MessageHeader) -> Sender { senders[Int(header.sender)] }

    /// Adds a message and copies its text.
    ///
    /// The caller has asked `isFull`.
    package func append(
        _ header: MessageHeader, text: UnsafeRawBufferPointer, sender: Sender,
        details extra: MessageDetails?
    ) {
        var header = header
        header.flags.remove(.framed)
        header.offset = UInt32(truncatingIfNeeded: write(text))
        header.count = UInt32(truncatingIfNeeded: text.count)
        append(header, sender: sender, details: extra)
    }

    /// The details of a message.
    package func details(of header: MessageHeader) -> MessageDetails? {
        header.details == 0 ? nil : details[Int(header.details) - 1]
    }

    /// What stands in front of a message's lines, valid as long as the batch holds the message.
    package func prefix(of header: MessageHeader) -> UnsafeRawBufferPointer {
        senders[Int(header.sender)].prefix
    }

    /// Has a message quote something else, or nothing.
    func quote(_ reply: Quotation?, at index: Int) {
        guard let old = details(of: headers[index]) else { return }
        details.append(old.quoting(reply, of: headers[index]))
        headers[index].details = UInt16(details.count)
    }

    /// One message of its own.
    package func message(at index: Int) -> Message {
        let header = headers[index]
        return Message(
            header: header, sender: senders[Int(header.sender)],
            body: Body(storage: storage, offset: Int(header.offset), count: Int(header.count)),
            room: room, details: details(of: header), uptime: uptime)
    }

    /// The stretch of memory that all texts are in, with what stands between them; `nil` if they do
    /// not stand in a row.
    ///
    /// What does not occur here occurs in none of them.
    package var region: UnsafeRawBufferPointer? {
        guard count > 0, !isScattered else { return nil }
        let start = Int(headers[0].offset)
        return storage.bytes(at: start, count: Int(headers[count - 1].end) - start)
    }

    /// Who says all of it, if that is one and every message is still to be judged.
    package var onlySender: Sender? {
        senders.count == 1 && drops.isEmpty && !hasPassedOver ? senders[0] : nil
    }

    /// Whether every text is one line of at most so many bytes in which nothing had to be removed.
    package func isPlain(upTo bytes: Int) -> Bool {
        var longest: UInt32 = 0
        var flags: MessageHeader.Flags = []
        for index in 0..<count {
            longest = max(longest, headers[index].count)
            flags.formUnion(headers[index].flags)
        }
        return longest <= bytes && flags.isDisjoint(with: [.hasLines, .hadControls])
    }

    /// The first message.
    package var first: Message? { scratch }

    /// Whether all of it was said when it came, and each message for itself.
    package var isOfOneMoment: Bool {
        details.allSatisfy { $0.said == nil && !$0.isContinuation }
    }

    /// Gives the messages numbers in a row, and a time.
    func number(from first: UInt64, time: Int64) {
        for index in 0..<count {
            headers[index].number = first + UInt64(index)
            headers[index].time = time
        }
    }

    /// The messages that passed, each on its own.
    var passed: [Message] {
        (0..<count).filter { !headers[$0].flags.contains(.dropped) }.map { message(at: $0) }
    }

    /// Some of its messages, copied: what a chain does to them changes nothing here.
    package func copy(of range: Range<Int>) -> Batch {
        let bytes = range.reduce(0) { $0 + Int(headers[$1].count) }
        let copy = Batch(room: room, capacity: range.count, bytes: bytes)
        copy.uptime = uptime
        for index in range {
            let header = headers[index]
            copy.append(
                header, text: text(header), sender: senders[Int(header.sender)],
                details: details(of: header))
        }
        return copy
    }

    /// The index of a sender, who is added unless the last one is the same.
    package func index(of sender: Sender) -> UInt16 {
        if senders.last !== sender { senders.append(sender) }
        return UInt16(truncatingIfNeeded: senders.count - 1)
    }

    /// Copies a text to the end of the storage and returns where it begins there.
    package func write(_ text: UnsafeRawBufferPointer) -> Int {
        if storage.capacity - storage.count < text.count { grow(by: text.count) }
        return storage.append(text)
    }

    private func grow(by count: Int) {
        let larger = ByteStorage(capacity: max(2 * storage.capacity, storage.count + count))
        _ = larger.append(storage.bytes(at: 0, count: storage.count))
        storage = larger
    }
}

// MARK: - What a step of the chain does with it

extension Batch {
    /// A message to load the others into, so that a step's loop makes only one.
    @usableFromInline package var scratch: Message? { count == 0 ? nil : message(at: 0) }

    /// Loads a message, unless the step is not to judge it.
    @inlinable
    package func load(_ index: Int, into message: inout Message) -> Bool {
        let header = headers[index]
        guard header.isJudged else { return false }
        if header.sender != message.header.sender { message.author = senders[Int(header.sender)] }
        if header.details | message.header.details != 0 { reload(header, &message) }
        if message.isModified { reload(&message) }
        message.header = header
        message.content.offset = Int(header.offset)
        message.content.length = Int(header.count)
        return true
    }

    @usableFromInline
    package func reload(_ header: MessageHeader, _ message: inout Message) {
        message.details = details(of: header)
    }

    @usableFromInline
    package func reload(_ message: inout Message) {
        message.content.storage = storage
        message.isModified = false
    }

    /// Takes over what a step wrote, cleaned.
    @usableFromInline
    package func store(_ message: inout Message, at index: Int) {
        var text = TextCleaning.cleaned(
            repairing: message.content.unsafeBytes, lineEndings: .kept)
        text.withUnsafeMutableBytes { _ = ReservedMarkers.alter($0) }
        if isTraced { changes.append(index) }
        text.withUnsafeBytes { bytes in
            isScattered = true
            headers[index].flags.remove(.framed)
            headers[index].offset = UInt32(truncatingIfNeeded: write(bytes))
            headers[index].count = UInt32(truncatingIfNeeded: bytes.count)
            if headers[index].isSaid, TextTrimming.isBlank(bytes) {
                drop(index, Drop(code: "dropped", reason: ""))
            }
            if bytes.contains(UInt8(ascii: "\n")) {
                headers[index].flags.insert(.hasLines)
            } else {
                headers[index].flags.remove(.hasLines)
            }
        }
        reload(&message)
    }

    /// Alters texts that begin as only the bus may begin one, where they stand.
    func keepBusMarks() {
        for index in 0..<count {
            let header = headers[index]
            guard header.count > 0 else { continue }
            let text = UnsafeMutableRawBufferPointer(
                start: storage.base + Int(header.offset), count: Int(header.count))
            if ReservedMarkers.mayBegin(with: text[0]) || header.flags.contains(.hasLines) {
                ReservedMarkers.alter(text)
            }
        }
    }

    /// Ends a message that a step has dropped, unless it only tells what has happened anyway.
    @usableFromInline
    package func end(_ index: Int, _ drop: Drop) {
        if keepsLeaves, headers[index].kind == .leave { return }
        self.drop(index, drop)
    }

    /// Ends a message.
    package func drop(_ index: Int, _ drop: Drop) {
        headers[index].flags.insert(.dropped)
        drops.append((index, drop))
    }

    /// Ends a message because a step threw.
    @usableFromInline
    package func fail(_ index: Int, _ error: any Error) {
        if failures.count > earlierFailures {
            failures[earlierFailures].count += 1
        } else {
            failures.append(StepFailure(step: "", error: error, count: 1))
        }
        end(index, Drop(code: "dropped", reason: ""))
    }

    /// Notes what a step has done: to the messages it changed, and those it dropped since then.
    func note(_ step: String, dropsFrom start: Int) {
        guard isTraced, drops.count > start || !changes.isEmpty else { return }
        for index in changes { traces.append(Trace(index: index, step: step, drop: nil)) }
        changes.removeAll(keepingCapacity: true)
        for (index, drop) in drops[start...] {
            traces.append(Trace(index: index, step: step, drop: drop))
        }
    }

    /// Notes which step has thrown what was thrown since the step before.
    func noteFailures(of step: String) {
        guard failures.count > earlierFailures else { return }
        failures[earlierFailures].step = step
        earlierFailures = failures.count
    }

    /// Keeps the present step from judging a message.
    func passOver(_ index: Int) {
        headers[index].flags.insert(.passedOver)
        hasPassedOver = true
    }

    /// Lets the next step judge every message again.
    func forgetPassedOver() {
        guard hasPassedOver else { return }
        hasPassedOver = false
        for index in 0..<count { headers[index].flags.remove(.passedOver) }
    }
}
