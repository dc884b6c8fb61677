/// Messages in a row, their texts side by side in one storage: a stretch of a room's log, a page of
/// the store, or the messages that one read of a bridge brought.
///
/// Owned by one holder at a time, to whom it is handed over whole: a thread that reads a file fills
/// one and gives it to the bus's loop, which fills the pages that it gives to the store's thread.
@usableFromInline
@safe package final class MessageArena {
    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    /// The name of the room that all its messages are in; empty if they are in several.
    @safe @exclusivity(unchecked) package var room: String
    /// The most messages that it holds.
    package let capacity: Int
    /// The number of messages at which the arena counts as full: the capacity, or fewer.
    @safe @exclusivity(unchecked) package var bound: Int
    @usableFromInline let headers: UnsafeMutablePointer<MessageHeader>
    /// The number of messages in it, dropped ones included.
    @safe @exclusivity(unchecked) @usableFromInline package internal(set) var count = 0
    /// The bytes of the texts.
    @safe @exclusivity(unchecked) @usableFromInline package internal(set) var storage: ByteStorage
    @safe @exclusivity(unchecked) @usableFromInline package var senders: [Sender] = []
    @safe @exclusivity(unchecked) @usableFromInline package var details: [MessageDetails] = []
    /// The bus's monotonic clock, in nanoseconds, when the newest of the messages arrived.
    @safe @exclusivity(unchecked) package var uptime: Int64 = 0
    /// True if not all of the messages are plain ones: there are joins, edits or the like.
    @safe @exclusivity(unchecked) package private(set) var hasOtherKinds = false
    /// True if the texts do not all follow one another in the storage.
    @safe @exclusivity(unchecked) var isScattered = false
    /// True if the chain has dropped some of the messages.
    @safe @exclusivity(unchecked) private(set) var hasDropped = false
    /// The offset in the storage at which the text of the last message ends.
    @safe @exclusivity(unchecked) var lastEnd: UInt32 = 0

    /// Makes an empty arena.
    ///
    /// - Parameters:
    ///   - room: the room that all its messages are in, if that is one.
    ///   - capacity: the most messages that it may hold.
    ///   - bytes: bytes of text its first storage holds; it gets a larger one when that is full.
    package init(room: String = "", capacity: Int, bytes: Int) {
        self.room = room
        self.capacity = capacity
        bound = capacity
        unsafe headers = .allocate(capacity: capacity)
        storage = ByteStorage(capacity: bytes)
    }

    /// Makes an arena of copies of messages, all of the same room.
    package convenience init(_ messages: [Message], in room: String) {
        self.init(
            room: room, capacity: messages.count,
            bytes: messages.reduce(0) { $0 + $1.content.count })
        // They may have come in one after the other; an arena has one arrival.
        uptime = messages.last?.uptime ?? 0
        for message in messages {
            unsafe append(
                message.header, copying: message.content.unsafeBytes, sender: message.sender,
                details: message.details)
        }
    }

    deinit { unsafe headers.deallocate() }

    /// True if no further message fits.
    package var isFull: Bool { count >= bound || senders.count >= Int(UInt16.max) }

    // MARK: - Reading

    /// The fixed parts of its messages.
    package var all: MessageHeaders { MessageHeaders(arena: self) }

    // These two do not use `all`, which allocates when another module asks it for an end.
    /// The fixed part of its first message.
    package var first: MessageHeader? { count == 0 ? nil : self[0] }

    /// The fixed part of its last message.
    package var last: MessageHeader? { count == 0 ? nil : self[count - 1] }

    /// The fixed part of a message.
    @inlinable
    package subscript(index: Int) -> MessageHeader {
        precondition(index >= 0 && index < count, "there are only so many messages")
        return unsafe headers[index]
    }

    /// Returns the text of a message, valid as long as the arena is.
    package func text(_ header: MessageHeader) -> UnsafeRawBufferPointer {
        unsafe storage.bytes(at: Int(header.offset), count: Int(header.count))
    }

    /// Returns the sender of a message.
    package func sender(of header: MessageHeader) -> Sender { senders[Int(header.sender)] }

    /// Returns the details of a message.
    package func details(of header: MessageHeader) -> MessageDetails? {
        header.details == 0 ? nil : details[Int(header.details) - 1]
    }

    /// Returns the bytes that stand in front of a message's lines, valid as long as the arena holds
    /// the message.
    package func prefix(of header: MessageHeader) -> UnsafeRawBufferPointer {
        unsafe senders[Int(header.sender)].prefix
    }

    /// Returns one message by itself, which shares the arena's storage.
    package func message(at index: Int) -> Message {
        let header = unsafe headers[index]
        return Message(
            header: header, sender: senders[Int(header.sender)],
            body: Body(storage: storage, offset: Int(header.offset), count: Int(header.count)),
            room: room, details: details(of: header), uptime: uptime)
    }

    /// The memory that holds all the texts, with the bytes between them; `nil` if the texts are not
    /// contiguous.
    ///
    /// A byte that does not occur in this memory occurs in none of the texts.
    package var region: UnsafeRawBufferPointer? {
        guard count > 0, !isScattered else { return nil }
        let start = unsafe Int(headers[0].offset)
        return unsafe storage.bytes(at: start, count: Int(headers[count - 1].end) - start)
    }

    /// Returns an arena with copies of some of the messages.
    package func copy(of range: Range<Int>) -> MessageArena {
        let bytes = range.reduce(0) { unsafe $0 + Int(headers[$1].count) }
        let copy = MessageArena(room: room, capacity: range.count, bytes: bytes)
        copy.uptime = uptime
        for index in range {
            let header = unsafe headers[index]
            unsafe copy.append(
                header, copying: text(header), sender: sender(of: header),
                details: details(of: header))
        }
        return copy
    }

    // MARK: - Changing messages

    /// Gives the messages numbers in a row, and a time.
    package func number(from first: MessageNumber, time: Timestamp) {
        for index in 0..<count {
            unsafe headers[index].number = first + index
            unsafe headers[index].time = time
        }
    }

    /// Marks a message as dropped.
    func markDropped(_ index: Int) {
        unsafe headers[index].flags.insert(.dropped)
        hasDropped = true
    }

    /// Replaces the quotation of a message that has one; `nil` removes it.
    func setQuotation(_ reply: Quotation?, at index: Int) {
        guard let old = unsafe details(of: headers[index]) else { return }
        unsafe details.append(old.quoting(reply, of: headers[index]))
        unsafe headers[index].details = UInt16(details.count)
    }

    /// Replaces the text of a message.
    func setText(_ bytes: UnsafeRawBufferPointer, at index: Int) {
        isScattered = true
        unsafe headers[index].flags.remove(.framed)
        unsafe headers[index].place(at: write(bytes), count: bytes.count)
        if unsafe bytes.contains(UInt8(ascii: "\n")) {
            unsafe headers[index].flags.insert(.hasLines)
        } else {
            unsafe headers[index].flags.remove(.hasLines)
        }
    }

    /// Removes a message's text; its bytes stay until the arena's memory is used again.
    func erase(at index: Int, by deleter: String) {
        guard unsafe headers[index].isSaid, unsafe !headers[index].isDeleted else { return }
        let header = unsafe headers[index]
        unsafe setText(UnsafeRawBufferPointer(start: nil, count: 0), at: index)
        unsafe headers[index].flags.insert(.deleted)
        details.append(.deleted(by: deleter, details(of: header), of: header))
        unsafe headers[index].details = UInt16(details.count)
    }

    /// Replaces the words of a message wherever it is quoted.
    func eraseQuotations(of quoted: Quotation) {
        guard details.contains(where: { $0.reply.map(quoted.quotesSameMessage(as:)) ?? false })
        else { return }
        for index in 0..<count {
            guard let reply = unsafe details(of: headers[index])?.reply,
                quoted.quotesSameMessage(as: reply)
            else {
                continue
            }
            setQuotation(reply.erased, at: index)
        }
    }

    /// Alters, in place, texts with a beginning that only the bus may write.
    func alterReservedMarkers() {
        for index in 0..<count {
            let (start, length) = unsafe (headers[index].offset, headers[index].count)
            guard length > 0 else { continue }
            let first = unsafe storage.base + Int(start)
            if unsafe ReservedMarkers.mayBegin(with: first.load(as: UInt8.self))
                || headers[index].flags.contains(.hasLines)
            {
                unsafe ReservedMarkers.alter(
                    UnsafeMutableRawBufferPointer(start: first, count: Int(length)))
            }
        }
    }

    // MARK: - Emptying

    /// Removes the messages and their bytes.
    ///
    /// Bodies that are still held elsewhere stay as they are.
    package func removeAll() {
        removeMessages()
        if isKnownUniquelyReferenced(&storage) {
            storage.count = 0
        } else {
            storage = ByteStorage(capacity: storage.capacity)
        }
    }

    /// Removes the messages and leaves the bytes.
    func removeMessages() {
        count = 0
        hasOtherKinds = false
        isScattered = false
        hasDropped = false
        lastEnd = 0
        if !senders.isEmpty { senders.removeAll(keepingCapacity: true) }
        if !details.isEmpty { details.removeAll(keepingCapacity: true) }
    }

    /// Gives back the memory that an empty arena had to take for one large text.
    package func shrink(to bytes: Int) {
        if storage.capacity > bytes, count == 0 { storage = ByteStorage(capacity: bytes) }
    }

    // MARK: - Appending; the caller has asked `isFull`

    /// Appends a message whose text already stands in the storage.
    package func append(
        placed header: MessageHeader, sender: Sender, details extra: MessageDetails?
    ) {
        append(placed: header, senderIndex: index(of: sender), details: extra)
    }

    /// Appends a message whose text already stands in the storage, by its sender's place among the
    /// senders, which may be named later.
    func append(placed header: MessageHeader, senderIndex: UInt16, details extra: MessageDetails?) {
        var header = header
        header.sender = senderIndex
        header.details = index(of: extra)
        if header.kind != .message { hasOtherKinds = true }
        if header.offset < lastEnd { isScattered = true }
        lastEnd = header.end
        unsafe headers[count] = header
        count += 1
    }

    /// Appends a message and copies its text.
    @safe package func append(
        _ header: MessageHeader, copying text: UnsafeRawBufferPointer, sender: Sender,
        details extra: MessageDetails?
    ) {
        var header = header
        header.flags.remove(.framed)
        header.place(at: write(text), count: text.count)
        append(placed: header, sender: sender, details: extra)
    }

    /// Returns the index of a sender, which is appended unless the last one is the same.
    func index(of sender: Sender) -> UInt16 {
        if senders.last !== sender { senders.append(sender) }
        return UInt16(truncatingIfNeeded: senders.count - 1)
    }

    /// Returns one more than the index of some details, which are appended unless the last ones are
    /// the same; 0 for `nil`.
    func index(of extra: MessageDetails?) -> UInt16 {
        guard let extra else { return 0 }
        // Lines of one file share theirs.
        if details.last !== extra { details.append(extra) }
        return UInt16(details.count)
    }

    /// Copies bytes to the end of the storage and returns the offset at which they begin there.
    @safe package func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        if storage.capacity - storage.count < bytes.count { grow(by: bytes.count) }
        return storage.append(bytes)
    }

    private func grow(by count: Int) {
        let larger = ByteStorage(capacity: max(2 * storage.capacity, storage.count + count))
        _ = unsafe larger.append(storage.bytes(at: 0, count: storage.count))
        storage = larger
    }
}
