import Glibc

/// A piece of memory that texts are appended to and that is never moved or written twice.
///
/// Safe from any thread for the bytes that were there when the reference was handed over: they do
/// not change any more. Only the owner, on the bus's loop, appends.
@usableFromInline
package final class ByteStorage: @unchecked Sendable {  // bytes below `count` never change
    /// The first byte.
    @usableFromInline package let base: UnsafeMutableRawPointer
    /// Bytes there is room for.
    package let capacity: Int
    /// Bytes in use.
    @exclusivity(unchecked) package var count = 0

    /// Makes an empty storage.
    package init(capacity: Int) {
        self.capacity = capacity
        base = UnsafeMutableRawPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
    }

    deinit { base.deallocate() }

    /// Appends bytes and returns where they begin.
    ///
    /// The caller has made sure that they fit.
    package func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        precondition(bytes.count <= capacity - count, "the caller reserved too little")
        let offset = count
        if let source = bytes.baseAddress {
            (base + offset).copyMemory(from: source, byteCount: bytes.count)
        }
        count += bytes.count
        return offset
    }

    /// The bytes of a range.
    @inlinable
    package func bytes(at offset: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + offset, count: count)
    }
}
