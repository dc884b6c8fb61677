/// The numbers of messages: rising, never given twice, reserved in the store a block at a time.
struct NumberAllocator {
    private let store: any MessageStore
    private var upcoming: MessageNumber = 0
    private var end: MessageNumber = 0
    /// The first number that this process may have given.
    private var first: MessageNumber = 0
    /// The first number that this process has given, `nil` if none was asked for.
    private(set) var firstGiven: MessageNumber?

    init(_ store: any MessageStore) { self.store = store }

    /// The first number that was not given, `nil` if none was asked for.
    var unused: MessageNumber? { end == 0 ? nil : upcoming }

    /// Returns the first of `count` numbers in a row.
    ///
    /// The rest of a block that is too small for them becomes a gap.
    mutating func allocate(_ count: Int) -> MessageNumber {
        if end - upcoming < count {
            let block = max(count, MessageNumber.reservationSize)
            upcoming = store.reserve(block)
            end = upcoming + block
            if first == 0 { first = upcoming }
            if firstGiven == nil { firstGiven = upcoming }
        }
        defer { upcoming += count }
        return upcoming
    }

    /// Skips all numbers up to one that, as other instances report, this store has given before.
    ///
    /// - Returns: the numbers that this process has given, or would have given, a second time. Only
    ///   the first call can tell.
    mutating func skip(through number: MessageNumber) -> ClosedRange<MessageNumber>? {
        if end == 0 { _ = allocate(1) }
        let first = first
        self.first = MessageNumber(rawValue: .max)
        guard first <= number else { return nil }
        if end <= number {
            let count = number - end + 1 + MessageNumber.reservationSize
            upcoming = store.reserve(count)
            end = upcoming + count
        }
        upcoming = max(upcoming, number + 1)
        return first...number
    }
}
