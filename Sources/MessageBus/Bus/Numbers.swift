/// The numbers of messages: rising, never given twice, reserved in the store a block at a time.
struct Numbers {
    /// Numbers in a block. A crash leaves a gap of at most this many.
    static let block: UInt64 = 1 << 16

    private let store: any MessageStore
    private var upcoming: UInt64 = 0
    private var end: UInt64 = 0

    init(_ store: any MessageStore) { self.store = store }

    @inline(__always)
    mutating func next() -> UInt64 {
        if upcoming == end { reserve() }
        defer { upcoming += 1 }
        return upcoming
    }

    private mutating func reserve() {
        upcoming = store.reserve(Self.block)
        end = upcoming + Self.block
    }
}
