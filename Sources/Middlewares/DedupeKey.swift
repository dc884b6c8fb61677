/// A 128-bit hash of a text and its sender.
///
/// Two 64-bit hashes of the same words, each made by multiplying to 128 bits and folding the halves
/// like wyhash: 16 bytes in about a nanosecond, where the standard library's hash takes ten.
struct DedupeKey: Hashable, Sendable {
    /// Secret numbers of one step, so that nobody can construct two texts with one key.
    struct Secret: Sendable {
        fileprivate let first = UInt64.random(in: 0 ... .max) | 1
        fileprivate let second = UInt64.random(in: 0 ... .max) | 1
        fileprivate let third = UInt64.random(in: 0 ... .max) | 1

        /// Draws new numbers.
        init() {}
    }

    private let high: UInt64
    private let low: UInt64

    /// Makes the key of a text and its sender.
    init(of text: UnsafeRawBufferPointer, by identity: UInt64, _ secret: Secret) {
        var high = Self.fold(identity ^ secret.first, UInt64(text.count) ^ secret.second)
        var low = Self.fold(identity ^ secret.third, UInt64(text.count) ^ secret.first)
        func mix(_ one: UInt64, _ other: UInt64) {
            high = Self.fold(one ^ secret.first, other ^ high)
            low = Self.fold(other ^ secret.second, one ^ low ^ secret.third)
        }
        var offset = 0
        while offset &+ 16 <= text.count {
            unsafe mix(
                text.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                text.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self))
            offset &+= 16
        }
        var rest = (one: UInt64(0), other: UInt64(0))
        for index in offset..<text.count {
            let byte = unsafe UInt64(text[index]) << UInt64((index & 7) * 8)
            if index &- offset < 8 { rest.one |= byte } else { rest.other |= byte }
        }
        mix(rest.one, rest.other)
        self.high = Self.fold(high ^ secret.third, secret.second)
        self.low = Self.fold(low ^ secret.second, secret.first)
    }

    /// Half of the key is enough for a table.
    func hash(into hasher: inout Hasher) { hasher.combine(high) }

    @inline(__always)
    private static func fold(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let product = one.multipliedFullWidth(by: other)
        return product.high ^ product.low
    }
}
