/// A number in decimal, where it stays until the next is written.
///
/// Confined to whoever has it.
final class Digits {
    /// Digits of a `UInt64`.
    private static let most = 20
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: most, alignment: 1)

    deinit { bytes.deallocate() }

    /// Writes a number.
    func write(_ number: UInt64) -> UnsafeRawBufferPointer {
        var rest = number
        var place = Self.most
        repeat {
            place -= 1
            bytes[place] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        } while rest > 0
        return UnsafeRawBufferPointer(rebasing: bytes[place...])
    }
}
