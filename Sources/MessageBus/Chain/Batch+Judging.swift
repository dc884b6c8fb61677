// A batch as a step of the chain sees it.
extension Batch {
    /// The first message.
    package var first: Message? { scratch }

    /// True if not all of the messages are plain ones: there are joins, edits or the like.
    package var hasOtherKinds: Bool { arena.hasOtherKinds }

    /// The memory that holds all the texts, with the bytes between them; `nil` if the texts are not
    /// contiguous.
    ///
    /// A byte that does not occur in this memory occurs in none of the texts.
    package var region: UnsafeRawBufferPointer? { unsafe arena.region }

    /// The sender of all messages, if they have the same one and every message is still to be
    /// judged.
    package var onlySender: Sender? {
        arena.senders.count == 1 && pass.drops.isEmpty && !pass.hasPassedOver
            ? arena.senders[0] : nil
    }

    /// Returns whether every text is one line of at most so many bytes, none of which had control
    /// characters.
    package func isPlain(upTo bytes: Int) -> Bool {
        var longest: UInt32 = 0
        var flags: MessageHeader.Flags = []
        for header in arena.all {
            longest = max(longest, header.count)
            flags.formUnion(header.flags)
        }
        return longest <= bytes && flags.isDisjoint(with: [.hasLines, .hadControls])
    }

    /// True if every message was said when it came in, and counts by itself.
    package var isOfOneMoment: Bool {
        arena.details.allSatisfy { $0.said == nil && !$0.isContinuation }
    }

    /// A message into which the others are loaded, so that a step's loop makes only one.
    @usableFromInline package var scratch: Message? { count == 0 ? nil : arena.message(at: 0) }

    /// Loads a message, unless the step is not to judge it.
    @inlinable
    package func load(_ index: Int, into message: inout Message) -> Bool {
        let header = unsafe arena.headers[index]
        guard header.isJudged else { return false }
        if header.sender != message.header.sender {
            message.author = arena.senders[Int(header.sender)]
        }
        if header.details | message.header.details != 0 { reload(header, &message) }
        if message.isModified { reload(&message) }
        message.header = header
        message.content.offset = Int(header.offset)
        message.content.length = Int(header.count)
        return true
    }

    @usableFromInline
    package func reload(_ header: MessageHeader, _ message: inout Message) {
        message.details = arena.details(of: header)
    }

    @usableFromInline
    package func reload(_ message: inout Message) {
        message.content.storage = arena.storage
        message.isModified = false
    }

    /// Stores a text that a step wrote, cleaned.
    @usableFromInline
    package func store(_ message: inout Message, at index: Int) {
        var text = unsafe TextCleaning.cleaned(
            repairing: message.content.unsafeBytes, lineEndings: .kept)
        unsafe text.withUnsafeMutableBytes { _ = ReservedMarkers.alter($0) }
        pass.recordChange(of: index)
        unsafe text.withUnsafeBytes { bytes in
            unsafe arena.setText(bytes, at: index)
            if unsafe arena.headers[index].isSaid, TextTrimming.isBlank(bytes) {
                drop(index, Drop(code: "dropped", reason: ""))
            }
        }
        reload(&message)
    }

    /// Drops a message for the present step, unless it only reports something that has happened
    /// anyway.
    @usableFromInline
    package func dropForStep(_ index: Int, _ drop: Drop) {
        if keepsLeaves, unsafe arena.headers[index].kind == .leave { return }
        self.drop(index, drop)
    }

    /// Drops a message because the present step threw.
    @usableFromInline
    package func dropForError(_ index: Int, _ error: any Error) {
        pass.recordFailure(error)
        dropForStep(index, Drop(code: "dropped", reason: ""))
    }

    /// Keeps the present step from judging a message.
    func passOver(_ index: Int) {
        unsafe arena.headers[index].flags.insert(.passedOver)
        pass.hasPassedOver = true
    }

    /// Lets the next step judge every message again.
    func clearPassedOver() {
        guard pass.hasPassedOver else { return }
        pass.hasPassedOver = false
        for index in 0..<count { unsafe arena.headers[index].flags.remove(.passedOver) }
    }
}
