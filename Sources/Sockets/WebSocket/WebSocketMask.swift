/// The key that a client's frame is masked with (RFC 6455, 5.3), turned to the next byte.
struct WebSocketMask {
    /// The four bytes, in memory's order, from the next one on.
    private var key: UInt32

    /// Makes a mask that begins with its first byte.
    ///
    /// - Parameter key: as it was read from memory, unswapped.
    init(_ key: UInt32) { self.key = key }

    /// Copies bytes and takes their mask off, eight at a time.
    mutating func unmask(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer
    ) {
        guard let start = bytes.baseAddress else { return }
        let wide = UInt64(key) << 32 | UInt64(key)
        var index = 0
        while index + 8 <= bytes.count {
            unsafe target.storeBytes(
                of: start.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide,
                toByteOffset: index, as: UInt64.self)
            index += 8
        }
        unsafe withUnsafeBytes(of: key) { key in
            while index < bytes.count {
                unsafe target.storeBytes(
                    of: start.load(fromByteOffset: index, as: UInt8.self) ^ key[index & 3],
                    toByteOffset: index, as: UInt8.self)
                index += 1
            }
        }
        turn(by: bytes.count)
    }

    private mutating func turn(by count: Int) {
        // The byte that memory has first is the lowest of the number in little order.
        let bits = UInt32(count & 3) * 8
        if bits == 0 { return }
        let little = UInt32(littleEndian: key)
        key = UInt32(littleEndian: little >> bits | little << (32 - bits))
    }
}
