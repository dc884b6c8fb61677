/// The numbers of messages: rising, never given twice, reserved in the store a block at a time.
struct NumberAllocator {
    /// Numbers in a block.
    ///
    /// A crash leaves a gap of at most this many.
    static let block = 1 << 16

    private let store: any MessageStore
    private var upcoming: MessageNumber = 0
    private var end: MessageNumber = 0

    init(_ store: any MessageStore) { self.store = store }

    /// The first number that was not given, `nil` if none was asked for.
    var unused: MessageNumber? { end == 0 ? nil : upcoming }

    /// Returns the first of `count` numbers in a row.
    ///
    /// The rest of a block that is too small for them becomes a gap.
    mutating func allocate(_ count: Int) -> MessageNumber {
        if end - upcoming < count {
            let block = max(count, Self.block)
            upcoming = store.reserve(block)
            end = upcoming + block
        }
        defer { upcoming += count }
        return upcoming
    }

    /// Leaves out all numbers up to this one.
    mutating func skip(through number: MessageNumber) {
        if end == 0 { _ = allocate(1) }
        if upcoming > number { return }
        if end <= number {
            let first = store.reserve(number - end + 1 + Self.block)
            end = first + (number - end + 1 + Self.block)
            upcoming = first
        }
        upcoming = max(upcoming, number + 1)
    }
}
