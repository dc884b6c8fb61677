/// A buffer for one number in decimal, valid until the next is written.
///
/// Owned by `WriteConnection`, which checks it; confined to its thread.
@safe final class Digits {
    /// Digits of a `UInt64`.
    private static let maxCount = 20
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: maxCount, alignment: 1)

    deinit { unsafe bytes.deallocate() }

    /// Writes a number and returns its digits.
    func write(_ number: UInt64) -> UnsafeRawBufferPointer {
        var rest = number
        var start = Self.maxCount
        repeat {
            start -= 1
            unsafe bytes[start] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        } while rest > 0
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
    }
}
